import { createRoute, type RouteConfig, z } from '@hono/zod-openapi';
import { bodyAsJson } from './body-as-json.ts';
import { signedIn } from './signed-in.ts';

/** What a request passes before it is looked at: who asks is asked before what they sent is read. */
export const GUARDS = [signedIn, bodyAsJson];

type Route<Path extends string> = Omit<RouteConfig, 'path'> & { path: Path };

/** An operation for whoever is signed in. What they may do with it is the inbox's to say. */
export function signedInRoute<Path extends string, Config extends Route<Path>>(
  route: Config & { path: Path },
): ReturnType<typeof createRoute<Path, Config>> {
  // Who asks is known before anything of the route's own.
  const own = [route.middleware ?? []].flat();
  return createRoute<Path, Config>({ ...route, middleware: [...GUARDS, ...own] });
}

/** An operation that anybody may call. */
export function openRoute<Path extends string, Config extends Route<Path>>(
  route: Config & { path: Path },
): ReturnType<typeof createRoute<Path, Config>> {
  return createRoute<Path, Config>({ ...route, security: [] });
}

const detail = z.object({ detail: z.string() }).openapi('Detail');

/** Where the sentence is for people, too. */
const reason = z.object({ detail: z.string(), reason: z.string() }).openapi('Reason');

const problems = z.record(z.string(), z.unknown()).openapi('Problems', {
  example: { username: ['This field is required.'], reason: 'username: This field is required.' },
});

const FAILURES = {
  400: json(problems, 'What was sent is wrong: by field, and in `reason`.'),
  403: json(detail, 'Not signed in, or not allowed.'),
  404: json(detail, 'No such thing.'),
  409: json(reason, 'In conflict with what is there.'),
  413: json(reason, 'Too large.'),
  429: json(detail, 'Too often; `Retry-After` says when to come back.'),
  453: json(reason, 'The customer has not written for too long: only templates can be sent.'),
  503: json(reason, 'WhatsApp or its API cannot be reached.'),
} as const;

/** A JSON answer or body of a route; `description` is for the document. */
export function json<Schema extends z.ZodType>(schema: Schema, description: string) {
  return { description, content: { 'application/json': { schema } } };
}

/** The body of a route. Forms arrive as JSON too: see `bodyAsJson`. */
export function jsonBody<Schema extends z.ZodType>(schema: Schema) {
  return { body: { content: { 'application/json': { schema } }, required: true } };
}

/** The failures that a route may answer with, for the document. */
export function failures<Status extends keyof typeof FAILURES>(
  ...statuses: Status[]
): Pick<typeof FAILURES, Status> {
  const picked = statuses.map((status) => [status, FAILURES[status]]);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it forgets which keys it was given
  return Object.fromEntries(picked) as Pick<typeof FAILURES, Status>;
}

import { OpenAPIHono } from '@hono/zod-openapi';
import { every } from 'hono/combine';
import type { Context, MiddlewareHandler } from 'hono';
import { notFound, WaypostError } from '../error.ts';
import type { Api, ApiEnv } from './api-env.ts';
import { GUARDS } from './route-parts.ts';

/** What lies below which address, and what guards what is not there: who may not sign in learns nothing. */
const ROOTS: readonly { root: string; guards: readonly MiddlewareHandler<ApiEnv>[] }[] = [
  { root: '/api/v1/', guards: GUARDS },
  { root: '/activate/', guards: [] },
];

/**
 * Returns the same routes, each with and without its trailing slash (clients do both), then an answer
 * for the methods a path does not have, then one for paths below the roots that do not exist.
 */
export function closeRoutes(api: Api): Api {
  const closed: Api = new OpenAPIHono<ApiEnv>();
  closed.openAPIRegistry = api.openAPIRegistry;
  const methodsOf = new Map<string, Set<string>>();
  for (const { method, path, handler } of api.routes) {
    closed.on(method, bothForms(path), handler);
    if (method === 'ALL') continue;
    methodsOf.set(path, (methodsOf.get(path) ?? new Set()).add(method));
  }
  for (const { root, guards } of ROOTS) {
    for (const [path, methods] of methodsOf) {
      if (!path.startsWith(root)) continue;
      for (const form of bothForms(path)) {
        closed.all(form, every(...guards), (c) => refuseMethod(c, [...methods]));
      }
    }
    closed.all(`${root}*`, every(...guards), () => {
      throw notFound();
    });
  }
  return closed;
}

function bothForms(path: string): string[] {
  if (path.endsWith('*')) return [path];
  const bare = path.replace(/\/$/, '');
  return [`${bare}/`, bare];
}

function refuseMethod(c: Context, allowed: readonly string[]): never {
  c.header('Allow', allowed.join(', '));
  throw new WaypostError('method_not_allowed', `Method "${c.req.method}" not allowed.`);
}

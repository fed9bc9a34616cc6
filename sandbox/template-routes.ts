import { randomInt } from 'node:crypto';
import { z } from 'zod';
import type { StoredTemplate } from './account.ts';
import type { Answer } from './answer.ts';
import { json, Problem } from './answer.ts';
import { templateEnvelope } from './envelope.ts';
import { dialogError, metaError } from './meta-error.ts';
import { NEW_TEMPLATE } from './new-template-schema.ts';
import { readJson, type Route, type RouteRequest } from './route.ts';
import { schemaError } from './validate-message.ts';
import type { World } from './world.ts';

const TEMPLATES = /^\/v1\/configs\/templates$/;
const TEMPLATE = /^\/v1\/configs\/templates\/([^/]+)$/;
const EVENTS = /^\/_sandbox\/templates\/([^/]+)$/;

const MAX_PER_PAGE = 1_000;

/** Meta's subcode for a name that has this language already. */
const EXISTS_ALREADY = 2388024;

/** 360dialog's templates. */
export function templateRoutes(world: World): Route[] {
  return [
    { method: 'GET', path: TEMPLATES, answer: (request) => listTemplates(world, request) },
    { method: 'POST', path: TEMPLATES, answer: (request) => createTemplate(world, request) },
    { method: 'DELETE', path: TEMPLATE, answer: (request) => deleteTemplate(world, request) },
  ];
}

/** How a test lets WhatsApp change its mind about a template. */
export function templateControlRoutes(world: World): Route[] {
  return [{ method: 'POST', path: EVENTS, answer: (request) => orderEvent(world, request) }];
}

function listTemplates({ account }: World, { query }: RouteRequest): Answer {
  const limit = Math.min(numberIn(query, 'limit', MAX_PER_PAGE), MAX_PER_PAGE);
  const offset = numberIn(query, 'offset', 0);
  const page = account.templates.slice(offset, offset + limit);
  const total = account.templates.length;
  return json(200, { count: page.length, total, limit, offset, waba_templates: page });
}

function numberIn(query: URLSearchParams, name: string, otherwise: number): number {
  const value = query.get(name);
  if (value === null) return otherwise;
  if (!/^\d{1,9}$/.test(value)) throw new Problem(400, `${name} must be a number`);
  return Number(value);
}

async function createTemplate(world: World, request: RouteRequest): Promise<Answer> {
  const added = await addTemplate(world, request);
  return 'body' in added ? added : json(201, added);
}

/** Takes a new template, which is reviewed then. Returns it as it was before that, or why it is refused. */
export async function addTemplate(
  world: World,
  { message, method, path }: RouteRequest,
): Promise<StoredTemplate | Answer> {
  const { account, ledger } = world;
  const body = await readJson(message);
  const problem = schemaError(NEW_TEMPLATE, body, []);
  if (problem) return problem;
  const { name, language, category, components } = NEW_TEMPLATE.parse(body);
  if (account.templates.some((known) => known.name === name && known.language === language)) {
    const details = 'There is already content in this language for this template';
    return metaError(400, 100, details, EXISTS_ALREADY);
  }
  const template: StoredTemplate = {
    id: String(randomInt(1e14, 2.8e14)),
    name,
    namespace: account.namespace,
    language,
    category,
    status: 'submitted',
    components,
    rejected_reason: 'NONE',
  };
  account.templates.push(template);
  ledger.changes.push({ method, path, body, at: Date.now() });
  void review(world, template);
  // The answer says how it was before the review.
  return { ...template };
}

/** WhatsApp's review: everything is approved, after a while. */
async function review(world: World, template: StoredTemplate): Promise<void> {
  await world.pauses.wait(world.statusDelayMs);
  const isThere = world.account.templates.includes(template);
  if (world.pauses.ended || !isThere || template.status !== 'submitted') return;
  await tell(world, template, { event: 'APPROVED', reason: 'NONE' });
}

function deleteTemplate(world: World, { params: [encoded = ''], method, path }: RouteRequest) {
  const { account, ledger } = world;
  const name = decoded(encoded);
  const kept = account.templates.filter((template) => template.name !== name);
  if (kept.length === account.templates.length) {
    return dialogError(404, `Template ${name} does not exist`);
  }
  account.templates = kept;
  ledger.changes.push({ method, path, body: undefined, at: Date.now() });
  return json(200, { meta: { success: true, http_code: 200 } });
}

const EVENT = z.strictObject({
  event: z.string().regex(/^[A-Z_]+$/),
  reason: z.string().nullable().default(null),
  language: z.string().optional(),
});

type TemplateEvent = { event: string; reason: string | null };

async function orderEvent(world: World, request: RouteRequest): Promise<Answer> {
  const event = EVENT.safeParse(await readJson(request.message));
  if (!event.success) return json(400, { error: 'event must be capitals, such as REJECTED' });
  const name = decoded(request.params[0] ?? '');
  const meant = world.account.templates.filter(
    (template) =>
      template.name === name && template.language === (event.data.language ?? template.language),
  );
  if (meant.length === 0) return json(404, { error: `There is no template ${name}` });
  for (const template of meant) void tell(world, template, event.data);
  return json(202, { ok: true });
}

/** The template changes, and a webhook says so. */
async function tell(world: World, template: StoredTemplate, { event, reason }: TemplateEvent) {
  const { account, poster } = world;
  if (event === 'DELETED') account.templates = account.templates.filter((one) => one !== template);
  template.status = event === 'REINSTATED' ? 'approved' : event.toLowerCase();
  if (event === 'REJECTED') template.rejected_reason = reason ?? 'NONE';
  const value = {
    event,
    // Meta writes it as a number.
    message_template_id: Number(template.id),
    message_template_name: template.name,
    message_template_language: template.language,
    reason,
  };
  await poster.post(templateEnvelope(value, Date.now()));
}

function decoded(encoded: string): string {
  try {
    return decodeURIComponent(encoded);
  } catch {
    throw new Problem(400, 'The path is not valid percent-encoding');
  }
}

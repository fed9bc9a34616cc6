import type { StoredTemplate } from './account.ts';
import type { Answer } from './answer.ts';
import { json, Problem } from './answer.ts';
import { metaError } from './meta-error.ts';
import type { Route, RouteRequest } from './route.ts';
import { addTemplate } from './template-routes.ts';
import type { World } from './world.ts';

const PATH = /^\/message_templates$/;

const DEFAULT_LIMIT = 25;

/** Graph's subcode for a template that is not there. */
const NO_SUCH_TEMPLATE = 2593002;

/** Templates as Meta has them and 360dialog hands them on: cursors, and states in capitals. */
export function messageTemplateRoutes(world: World): Route[] {
  return [
    { method: 'GET', path: PATH, answer: (request) => listAll(world, request) },
    { method: 'POST', path: PATH, answer: (request) => create(world, request) },
    { method: 'DELETE', path: PATH, answer: (request) => remove(world, request) },
  ];
}

function listAll({ account }: World, { query }: RouteRequest): Answer {
  const limit = limitOf(query);
  const wanted = account.templates.map(shown).filter((template) => isWanted(template, query));
  const position = (cursor: string | null) => wanted.findIndex(({ id }) => id === cursor);
  const before = query.get('before');
  const start = before === null ? position(query.get('after')) + 1 : position(before) - limit;
  const page = wanted.slice(Math.max(start, 0), Math.max(start, 0) + limit);
  const [first, last] = [page[0], page.at(-1)];
  if (first === undefined || last === undefined) return json(200, { data: [] });
  const cursors = { before: first.id, after: last.id };
  return json(200, { data: page.map((one) => withFields(one, query)), paging: { cursors } });
}

function limitOf(query: URLSearchParams): number {
  const limit = query.get('limit');
  if (limit === null) return DEFAULT_LIMIT;
  if (!/^[1-9]\d{0,3}$/.test(limit)) throw new Problem(400, 'limit must be a number');
  return Number(limit);
}

type Shown = Pick<
  StoredTemplate,
  'name' | 'components' | 'language' | 'status' | 'category' | 'id' | 'rejected_reason'
>;

/** What Graph tells unasked. */
const DEFAULT_FIELDS = ['name', 'components', 'language', 'status', 'category'];

function shown(template: StoredTemplate): Shown {
  const { id, name, status, category, language, components, rejected_reason } = template;
  const state = status === 'submitted' ? 'PENDING' : status.toUpperCase();
  return { name, components, language, status: state, category, id, rejected_reason };
}

function isWanted(template: Shown, query: URLSearchParams): boolean {
  const { name, status, category, language } = template;
  const wanted = { name, status, category, language };
  return Object.entries(wanted).every(([field, value]) => (query.get(field) ?? value) === value);
}

function withFields(template: Shown, query: URLSearchParams): object {
  const fields = query.get('fields')?.split(',') ?? DEFAULT_FIELDS;
  const entries = Object.entries(template);
  return Object.fromEntries(entries.filter(([name]) => name === 'id' || fields.includes(name)));
}

async function create(world: World, request: RouteRequest): Promise<Answer> {
  const added = await addTemplate(world, request);
  if ('body' in added) return added;
  const { id, status, category } = shown(added);
  return json(200, { id, status, category });
}

/** By name: all its languages; by `hsm_id` beside it one; by `hsm_ids` several. */
function remove({ account, ledger }: World, { method, path, query }: RouteRequest): Answer {
  const name = query.get('name');
  const ids = [query.get('hsm_id') ?? [], idsIn(query.get('hsm_ids'))].flat();
  if (name === null && ids.length === 0) return metaError(400, 100, 'Param name is required.');
  const isMeant = (template: StoredTemplate) =>
    (name === null || template.name === name) && (ids.length === 0 || ids.includes(template.id));
  if (!account.templates.some(isMeant)) {
    return metaError(404, 100, "Message Template Wasn't Found", NO_SUCH_TEMPLATE);
  }
  account.templates = account.templates.filter((template) => !isMeant(template));
  ledger.changes.push({ method, path, body: Object.fromEntries(query), at: Date.now() });
  return json(200, { success: true });
}

function idsIn(list: string | null): string[] {
  return list?.match(/\d+/g) ?? [];
}

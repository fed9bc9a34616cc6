import { count, sql, type SQL } from 'drizzle-orm';
import type { User } from '../../auth/user.ts';
import { WaypostError } from '../../error.ts';
import { type Database, jsonChunks, readJson } from '../../store/database.ts';
import { query } from '../../store/query.ts';
import { templates } from '../../store/schema.ts';
import { isRecord, type JsonRecord, listOf, textOf } from '../../waba/json-record.ts';
import { asLongList, type Counted, type LongList, type PageRange } from '../long-list.ts';

export type TemplateRow = typeof templates.$inferSelect;

/** What WABA says of a template, as our copy keeps it. */
type Template = Pick<
  TemplateRow,
  'name' | 'language' | 'waba_id' | 'category' | 'status' | 'namespace' | 'rejected_reason'
> & { components: unknown[] };

/** A template as the API shows one (spec: createTemplate). */
export interface ApiTemplate {
  id: string | null;
  name: string;
  language: string;
  category: string;
  components: unknown[];
  namespace: string;
  rejected_reason: string;
  status: string;
}

/** WhatsApp has 512 characters for a name, and some five for a language. */
const MAX_KEY_CHARACTERS = 600;

/** Reads a template of WABA's; undefined where it has no name or language to be known by. */
export function readTemplate(item: unknown): Template | undefined {
  if (!isRecord(item)) return undefined;
  const name = textOf(item['name']);
  const language = languageOf(item['language']);
  if (name === undefined || language === undefined) return undefined;
  if (name.length + language.length > MAX_KEY_CHARACTERS) return undefined;
  return {
    name,
    language,
    waba_id: textOf(item['id']) ?? null,
    category: textOf(item['category']) ?? '',
    status: statusOf(item),
    components: listOf(item['components']),
    namespace: textOf(item['namespace']) ?? '',
    rejected_reason: textOf(item['rejected_reason']) ?? '',
  };
}

/** Shows a template. */
export function presentTemplate(row: TemplateRow): ApiTemplate {
  const { waba_id: id, name, language, category, namespace, rejected_reason, status } = row;
  const components = readJson<unknown[]>(row.components);
  return { id, name, language, category, components, namespace, rejected_reason, status };
}

/** Graph has it as a text, and as an object where it is sent. */
function languageOf(value: unknown): string | undefined {
  return textOf(isRecord(value) ? value['code'] : value);
}

/** 360dialog has `approved` where Graph has `APPROVED`. */
function statusOf(item: JsonRecord): string {
  return (textOf(item['status']) ?? 'submitted').toLowerCase();
}

/** Returns a part of our copy of the templates, by name and language; everyone may see them. */
export async function listTemplates(db: Database, part: PageRange): Promise<LongList<ApiTemplate>> {
  const [rows, counted] = await db.batch<[TemplateRow[], Counted[]]>([
    query
      .select()
      .from(templates)
      .orderBy(templates.name, templates.language)
      .limit(part.limit + 1)
      .offset(part.offset),
    query.select({ count: count().as('count') }).from(templates),
  ]);
  const list = asLongList(rows, counted, part);
  return { ...list, items: list.items.map(presentTemplate) };
}

/**
 * The statements that put templates into our copy or in the place of what it had, as seen at a time
 * (milliseconds). Where `condition` does not hold, nothing is written.
 */
export function writeTemplates(
  found: readonly Template[],
  seenAt: number,
  condition: SQL = sql`true`,
): SQL[] {
  const rows = found.map((row) => ({ ...row, components: JSON.stringify(row.components) }));
  return jsonChunks(rows).map(
    (json) => sql`
      insert into ${templates}
        (name, language, waba_id, category, status, components, namespace, rejected_reason, seen_at)
      select value->>'name', value->>'language', value->>'waba_id', value->>'category', value->>'status',
        value->>'components', value->>'namespace', value->>'rejected_reason', ${seenAt}
      from json_each(${json}) where ${condition}
      on conflict (name, language) do update set
        waba_id = coalesce(excluded.waba_id, waba_id), category = excluded.category,
        status = excluded.status, components = excluded.components, namespace = excluded.namespace,
        rejected_reason = excluded.rejected_reason, seen_at = excluded.seen_at`,
  );
}

/**
 * Throws `forbidden` for someone who may write to nobody: templates are what messages are made of, and
 * whoever deletes one keeps the whole inbox from sending it.
 */
export function assertMayChangeTemplates(user: User): void {
  if (user.role === 'admin' || user.canWriteToChats !== 'none') return;
  throw new WaypostError('forbidden', 'You do not have permission to perform this action.');
}

import { readJson } from '../../store/json-column.ts';
import type { templates } from '../../store/schema.ts';
import { isRecord, listOf, textOf, type JsonRecord } from '../../waba/json-record.ts';

export type TemplateRow = typeof templates.$inferSelect;

/** What WABA says of a template, as our copy keeps it. */
export type Template = Pick<
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

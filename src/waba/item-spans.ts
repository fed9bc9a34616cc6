import { childSpans, type Span } from './json-text.ts';

/** A change to a text: what stands between two positions is replaced. */
export interface Edit {
  start: number;
  end: number;
  replacement: string;
}

/**
 * Finds every item of a list in a body of WABA's: `entry[].changes[].value.{list}[]` of the fields that
 * `isWanted` names, or `{list}[]` in the On-Prem shape. `text` is valid JSON.
 */
export function itemSpans(
  text: string,
  list: string,
  isWanted: (field: string) => boolean,
): Span[] {
  const start = text.search(/\S/);
  const root = { start, key: '', valueStart: start, end: text.length };
  const changes = under(text, under(text, [root], 'entry', true), 'changes', true);
  const values = under(
    text,
    changes.filter((change) => isWanted(fieldOf(text, change))),
    'value',
    false,
  );
  return under(text, [root, ...values], list, true);
}

/** The `field` of a change; empty where it has none that is a text. */
function fieldOf(text: string, change: Span): string {
  const field = under(text, [change], 'field', false).at(-1);
  const value: unknown =
    field === undefined ? '' : JSON.parse(text.slice(field.valueStart, field.end));
  return typeof value === 'string' ? value : '';
}

/** The values of the members named `key`; with `each`, the elements of those arrays. */
export function under(text: string, spans: readonly Span[], key: string, each: boolean): Span[] {
  const values = spans.flatMap((span) =>
    childSpans(text, span.valueStart).filter((member) => member.key === key),
  );
  if (!each) return values;
  return values
    .filter((value) => text[value.valueStart] === '[')
    .flatMap((value) => childSpans(text, value.valueStart));
}

/**
 * Makes changes that do not overlap. Insertions come before removals at the same place, because each is
 * applied to what lies after it first.
 */
export function applyEdits(text: string, edits: readonly Edit[]): string {
  const ordered = [...edits].sort((a, b) => a.start - b.start || a.end - b.end);
  let result = '';
  let position = 0;
  for (const edit of ordered) {
    result += text.slice(position, edit.start) + edit.replacement;
    position = edit.end;
  }
  return result + text.slice(position);
}

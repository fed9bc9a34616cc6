import { readStatus, type InboundStatus } from './items.ts';
import { childSpans, type Span } from './json-text.ts';

/** What is known of a status' message: our id of it, and the value the caller gave as callback data. */
export interface StatusMark {
  getchatId: string;
  callerData: string | null;
}

const CALLBACK_KEY = 'biz_opaque_callback_data';

/**
 * Writes `getchat_id` into the statuses of our own messages, and takes our callback data out again
 * or puts the caller's own in its place. Everything else stays as it was, byte for byte; with no such
 * status the same text is returned. `text` is valid JSON; `markOf` tells what is known of a status and
 * whether its callback data is ours.
 */
export function markStatuses(
  text: string,
  markOf: (status: InboundStatus) => (StatusMark & { isOurCallback: boolean }) | undefined,
): string {
  const edits = statusSpans(text).flatMap((span) => {
    const status = readStatus(JSON.parse(text.slice(span.valueStart, span.end)));
    const mark = status === undefined ? undefined : markOf(status);
    return mark === undefined ? [] : editsOf(text, span, mark);
  });
  return applyEdits(text, edits);
}

/** Every status of a message: `entry[].changes[].value.statuses[]`, or `statuses[]` in the On-Prem shape. */
function statusSpans(text: string): Span[] {
  const root = text.search(/\S/);
  const changes = under(text, under(text, [rootSpan(text, root)], 'entry', true), 'changes', true);
  const values = under(
    text,
    changes.filter((change) => isMessagesChange(text, change)),
    'value',
    false,
  );
  return under(text, [rootSpan(text, root), ...values], 'statuses', true);
}

function rootSpan(text: string, at: number): Span {
  return { start: at, key: '', valueStart: at, end: text.length };
}

function isMessagesChange(text: string, change: Span): boolean {
  return childSpans(text, change.valueStart).some(
    (member) =>
      member.key === 'field' && text.slice(member.valueStart, member.end) === '"messages"',
  );
}

/** The values of the members named `key`; with `each`, the elements of those arrays. */
function under(text: string, spans: readonly Span[], key: string, each: boolean): Span[] {
  const values = spans.flatMap((span) =>
    childSpans(text, span.valueStart).filter((member) => member.key === key),
  );
  if (!each) return values;
  return values
    .filter((value) => text[value.valueStart] === '[')
    .flatMap((value) => childSpans(text, value.valueStart));
}

interface Edit {
  start: number;
  end: number;
  replacement: string;
}

function editsOf(text: string, span: Span, mark: StatusMark & { isOurCallback: boolean }): Edit[] {
  const members = childSpans(text, span.valueStart);
  const id = members.find((member) => member.key === 'id');
  if (id === undefined) return [];
  const added = {
    start: id.end,
    end: id.end,
    replacement: `,"getchat_id":${JSON.stringify(mark.getchatId)}`,
  };
  const callback = members.find((member) => member.key === CALLBACK_KEY);
  if (callback === undefined || !mark.isOurCallback) return [added];
  if (mark.callerData === null) return [added, removal(members, callback)];
  return [
    added,
    { start: callback.valueStart, end: callback.end, replacement: JSON.stringify(mark.callerData) },
  ];
}

/** Removes a member with the comma before it, or, for the first one, the comma after it. */
function removal(members: readonly Span[], member: Span): Edit {
  const position = members.indexOf(member);
  const before = members[position - 1];
  if (before !== undefined) return { start: before.end, end: member.end, replacement: '' };
  return { start: member.start, end: members[position + 1]?.start ?? member.end, replacement: '' };
}

/** Insertions come before removals at the same place, because each is applied to what lies after it first. */
function applyEdits(text: string, edits: readonly Edit[]): string {
  const ordered = [...edits].sort((a, b) => a.start - b.start || a.end - b.end);
  let result = '';
  let position = 0;
  for (const edit of ordered) {
    result += text.slice(position, edit.start) + edit.replacement;
    position = edit.end;
  }
  return result + text.slice(position);
}

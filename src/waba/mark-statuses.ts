import { readStatus, type InboundStatus } from './items.ts';
import { applyEdits, itemSpans, type Edit } from './item-spans.ts';
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
  const edits = itemSpans(text, 'statuses', (field) => field === 'messages').flatMap((span) => {
    const status = readStatus(JSON.parse(text.slice(span.valueStart, span.end)));
    const mark = status === undefined ? undefined : markOf(status);
    return mark === undefined ? [] : editsOf(text, span, mark);
  });
  return applyEdits(text, edits);
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

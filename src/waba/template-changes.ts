import { idOf, textOf, type JsonRecord } from './json-record.ts';

/** What a webhook says of a template. */
export interface TemplateChange {
  name: string;
  language: string;
  /** Seconds; when WhatsApp said so, 0 where it did not say when. */
  at: number;
  /** The new status in small letters; undefined where the event is about something else. */
  status: string | undefined;
  rejectedReason: string | undefined;
  category: string | undefined;
  /** Whether only WABA's list tells how the template is now. */
  needsRefresh: boolean;
}

/** The statuses that events of `message_template_status_update` mean. */
const STATUS_OF = new Map([
  ['APPROVED', 'approved'],
  ['REINSTATED', 'approved'],
  ['REJECTED', 'rejected'],
  ['PENDING', 'pending'],
  ['IN_APPEAL', 'in_appeal'],
  ['PAUSED', 'paused'],
  ['DISABLED', 'disabled'],
  ['LIMIT_EXCEEDED', 'limit_exceeded'],
  ['ARCHIVED', 'archived'],
  ['PENDING_DELETION', 'pending_deletion'],
  ['DELETED', 'deleted'],
]);

/** Reads a change of an envelope that is about a template; undefined for any other. */
export function readTemplateChange(
  field: string,
  value: JsonRecord,
  at: number,
): TemplateChange | undefined {
  const name = idOf(value['message_template_name']);
  const language = idOf(value['message_template_language']);
  if (name === undefined || language === undefined) return undefined;
  const of = { name, language, at, rejectedReason: undefined, status: undefined };
  switch (field) {
    case 'message_template_status_update':
      return { ...of, ...readStatus(value) };
    case 'template_category_update': {
      const category = textOf(value['new_category']);
      return { ...of, category, needsRefresh: category === undefined };
    }
    case 'message_template_components_update':
      return { ...of, category: undefined, needsRefresh: true };
    default:
      return undefined;
  }
}

function readStatus(
  value: JsonRecord,
): Pick<TemplateChange, 'status' | 'rejectedReason' | 'category' | 'needsRefresh'> {
  const event = textOf(value['event']) ?? '';
  const status = STATUS_OF.get(event);
  const category = textOf(value['message_template_category']);
  const rejectedReason = status === undefined ? undefined : (textOf(value['reason']) ?? 'NONE');
  // FLAGGED warns of what may come; UNLOCKED and the like do not say which status there is now.
  const needsRefresh = status === undefined && event !== 'FLAGGED';
  return { status, rejectedReason, category, needsRefresh };
}

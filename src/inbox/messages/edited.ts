import type { messages } from '../../store/schema.ts';
import { readJson } from '../../store/database.ts';
import { isRecord, type JsonRecord } from '../../waba/json-record.ts';
import { editedMessage } from '../../waba/message-changes.ts';

/** What of a message's row says how it was edited. */
type EditedRow = Pick<typeof messages.$inferSelect, 'type' | 'media_id' | 'edited'>;

/** The column `edited`: what the newest edit puts in the place of a message's content. */
interface Edited {
  type: string;
  content: unknown;
  /** The edit's own file. */
  media_id: string | null;
}

/** A message's content in its present form. */
export interface PresentForm {
  payload: JsonRecord;
  type: string;
  /** The file in it. */
  mediaId: string | null;
}

/** The message as its writer left it: with what the newest edit says. An edit itself stays as it came. */
export function presentForm(source: EditedRow, payload: JsonRecord): PresentForm {
  const asSent = { payload, type: source.type, mediaId: source.media_id };
  if (source.edited === null || source.type === 'edit') return asSent;
  const { type, content, media_id: mediaId } = readJson<Edited>(source.edited);
  const { [source.type]: _former, ...rest } = payload;
  // An edited caption may come without the file, which is the same then.
  const isSame = type === source.type;
  return {
    payload: { ...rest, type, [type]: content },
    type,
    mediaId: mediaId ?? (isSame ? source.media_id : null),
  };
}

/** The payload with a link to its file; in an edit the file is in the message that it brings. */
export function withLink({ payload, type }: PresentForm, link: string): JsonRecord {
  const content = payload[type];
  if (!isRecord(content)) return payload;
  if (type !== 'edit') return { ...payload, [type]: { ...content, link } };
  const message = editedMessage(payload);
  if (message === undefined) return payload;
  const inner = withLink({ ...message, mediaId: null }, link);
  return { ...payload, edit: { ...content, message: inner } };
}

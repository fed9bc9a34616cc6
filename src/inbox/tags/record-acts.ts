import { sql, type SQL } from 'drizzle-orm';
import type { Files } from '../../store/files.ts';
import { insertWhere, type Statement } from '../../store/query.ts';
import { events, tagging_events } from '../../store/schema.ts';
import { insertEvent, placeContents, type NewEvent } from '../../events/event.ts';
import { taggingEvent, type TaggingAct } from './tagging-event.ts';

/** Acts that are about to be written, with the event that tells of them. */
export interface PlacedActs {
  acts: readonly TaggingAct[];
  event: NewEvent;
  contents: Awaited<ReturnType<typeof placeContents>>;
}

/** Makes the event of acts of one moment. Call it before the batch with `recordActs`. */
export async function placeActs(
  files: Files,
  acts: readonly [TaggingAct, ...TaggingAct[]],
  baseUrl: string,
): Promise<PlacedActs> {
  const event = taggingEvent(acts, baseUrl);
  return { acts, event, contents: await placeContents(files, event) };
}

/**
 * The statements that write acts down: the event, returned as `WrittenEvent`, and an entry of the
 * history each. Nothing is written where `isAsRead` does not hold any more; what the acts change comes
 * after these in the same batch, under the condition `areRecorded`.
 */
export function recordActs({ acts, event, contents }: PlacedActs, isAsRead: SQL): Statement[] {
  return [
    insertEvent(event, contents, isAsRead),
    ...acts.map(({ action, tag, chat, message, extra, user, at }) => {
      const row = {
        chat: chat.wa_id,
        message: message?.id ?? null,
        tag_id: tag.id,
        action,
        extra: extra === null ? null : JSON.stringify(extra),
        user_id: user.id,
        timestamp: Math.floor(at / 1000),
      };
      return insertWhere(tagging_events, row, areRecorded(event));
    }),
  ];
}

/** Whether the event of some acts is the newest one: it was written in this batch, just before. */
export function areRecorded({ id }: Pick<NewEvent, 'id'>): SQL {
  return sql`(select ${events.id} from ${events} order by ${events.seq} desc limit 1) = ${id}`;
}

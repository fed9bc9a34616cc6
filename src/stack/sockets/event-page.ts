import type { EventChat } from '../../events/audience.ts';
import { sql } from 'drizzle-orm';
import { type EventContents, type EventRow, findContents } from '../../events/event.ts';
import { logError } from '../../log.ts';
import { readJson } from '../../store/database.ts';
import type { StackContext } from '../../store/open-stack.ts';
import { FOREIGN_NUMBER } from '../../waba/envelope.ts';
import { linkMedia } from '../../waba/link-media.ts';
import type { ShownEvent } from './event-frames.ts';
import { fileLinksIn } from './event-links.ts';

/** Events read at once: their bodies are held in memory meanwhile. */
const PAGE = 25;

/** Events that follow one another without a gap. */
export interface EventPage {
  /** The sequence number that the page begins after. */
  from: number;
  /** Without those whose contents are lost or cannot be read: everyone would wait for them for ever. */
  events: ShownEvent[];
  /** The sequence number that the page ends with; `from` where it is empty. */
  upTo: number;
  /** Whether there was nothing behind it when it was read. */
  isLast: boolean;
}

/** Reads the events that follow a sequence number. */
export async function readPage({ db, files }: StackContext, from: number): Promise<EventPage> {
  const rows = await db.all<EventRow>(sql`
    select * from events where seq > ${from} order by seq limit ${PAGE}`);
  const events = await Promise.all(
    rows.map(async (row) => {
      const contents = await findContents(files, row);
      return contents && shownEvent(row, contents);
    }),
  );
  return {
    from,
    events: events.flatMap((event) => event ?? []),
    upTo: rows.at(-1)?.seq ?? from,
    isLast: rows.length < PAGE,
  };
}

function shownEvent(row: EventRow, contents: EventContents): ShownEvent | null {
  const { seq, kind } = row;
  try {
    const { extended } = contents;
    const chats = readJson<EventChat[]>(row.chats);
    const hasForeign = readJson<string[]>(row.fields).includes(FOREIGN_NUMBER);
    // A browser that reads WABA's own shape has no other way to a file: WABA's link needs our key. Webhooks get
    // the body as it came.
    const body = contents.body && linkMedia(contents.body, fileLinksIn(extended));
    return { seq, kind, hasForeign, chats, extended, body };
  } catch (error) {
    logError('event_unreadable', error, { seq });
    return null;
  }
}

import { and, eq, ne, sql } from 'drizzle-orm';
import type { User } from '../../auth/user.ts';
import { insertEvent, type NewEvent, type WrittenEvent, ownEvent } from '../../events/event.ts';
import type { Database } from '../../store/database.ts';
import { query } from '../../store/query.ts';
import { users } from '../../store/schema.ts';
import { assertAdmin } from '../permissions.ts';
import { presentUser } from './present-user.ts';
import { retrieveUser } from './users.ts';

/**
 * Says whether chats may be given to a user now: users say it of themselves, admins of everyone. Returns
 * the events to ring for; none where it was so before. `baseUrl` is that of links, `now` in milliseconds.
 * Throws `forbidden` and `not_found`.
 */
export async function changeAvailability(
  db: Database,
  actor: User,
  userId: number,
  isAvailable: boolean,
  { now, baseUrl }: { now: number; baseUrl: string },
): Promise<WrittenEvent[]> {
  if (actor.id !== userId) assertAdmin(actor);
  const user = await retrieveUser(db, userId);
  const event = availabilityEvent({ ...user, isAvailable }, baseUrl, now);
  const contents = { inR2: false, extended: JSON.stringify(event.extended) };
  const is_available = Number(isAvailable);
  const isOther = and(eq(users.id, userId), ne(users.is_available, is_available));
  const [written = []] = await db.batch<WrittenEvent[][]>([
    insertEvent(event, contents, sql`exists (select 1 from ${users} where ${isOther})`),
    query.update(users).set({ is_available }).where(isOther),
  ]);
  return written;
}

/** It is about no chat: who is in the inbox may be known to all of it. */
function availabilityEvent(user: User, baseUrl: string, now: number): NewEvent {
  const told = { is_available: user.isAvailable, user: presentUser(user, baseUrl) };
  return ownEvent('availability', { extended: { user_availability: told }, chats: [] }, now);
}

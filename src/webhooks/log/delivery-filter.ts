import type { EventKind } from '../../events/kinds.ts';
import { sql, type SQL } from 'drizzle-orm';
import type { User } from '../../auth/user.ts';

import { readableChats } from '../../inbox/permissions.ts';
import { jsonList } from '../../store/database.ts';
import type { DeliveryError, DeliveryState } from './logged-delivery.ts';

/** Which deliveries of the log are asked for; what is not said leaves nothing out. */
export interface DeliveryFilter {
  states?: readonly DeliveryState[] | undefined;
  kind?: EventKind | undefined;
  /** The key of a chat that the event is about. */
  chat?: string | undefined;
  /** The HTTP status of the latest attempt. */
  status?: number | undefined;
  error?: DeliveryError | undefined;
  /** Seconds; events from then on. */
  after?: number | undefined;
  /** Seconds; events before then. */
  before?: number | undefined;
}

/** Whether deliveries that succeeded at the first try can be among what is asked for. */
export function wantsReceipts({ states, status, error }: DeliveryFilter): boolean {
  if (states !== undefined && !states.includes('delivered')) return false;
  return error === undefined && (status === undefined || (status >= 200 && status < 300));
}

/**
 * A filter as a condition over the columns of a `LogRow`, for `reader`: a chat that they may not read
 * must not be found by its events either.
 */
export function passes(filter: DeliveryFilter, reader: User): SQL {
  const { states, kind, chat, status, error, after, before } = filter;
  const conditions = [
    states && sql`state in (select value from json_each(${jsonList(states)}))`,
    kind && sql`kind = ${kind}`,
    status !== undefined && sql`status = ${status}`,
    error && sql`error = ${error}`,
    after !== undefined && sql`created_at >= ${after * 1000}`,
    before !== undefined && sql`created_at < ${before * 1000}`,
    chat !== undefined && isAbout(chat, reader),
  ].filter((condition) => typeof condition === 'object');
  return conditions.length === 0 ? sql`true` : sql.join(conditions, sql` and `);
}

/** The chat as it was assigned when the event was written. */
function isAbout(chat: string, reader: User): SQL {
  return sql`exists (
    select 1 from (
      select value->>'wa_id' as wa_id, value->>'assigned_user_id' as assigned_user_id,
        value->>'assigned_group_id' as assigned_group_id
      from json_each(chats)
    ) c where c.wa_id = ${chat} and ${readableChats(reader)})`;
}

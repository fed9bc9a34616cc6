import type { EventChat } from '../../events/audience.ts';
import type { User } from '../../auth/user.ts';
import type { EventRow } from '../../events/event.ts';
import { mayReadChat } from '../../inbox/permissions.ts';
import { readJson } from '../../store/database.ts';
import type { deliveries } from '../../store/schema.ts';
import { NEVER_MS } from '../enablement.ts';
import { deliveryId } from '../extended-body.ts';
import { type Holdup, type Waiting, waitingFor } from './waiting-for.ts';

type DeliveryRow = typeof deliveries.$inferSelect;

export type DeliveryState = DeliveryRow['state'];

/** Why the latest attempt got no answer, or could not be made. */
export type DeliveryError = NonNullable<DeliveryRow['error']>;

/** A delivery as the log shows it. */
export interface LoggedDelivery {
  webhookId: number;
  seq: number;
  /** The `webhook-id` of its attempts. */
  deliveryId: string;
  kind: EventRow['kind'];
  /** Keys of the chats that the event is about, as far as the reader of the log may read them. */
  chats: string[];
  state: DeliveryState;
  attempts: number;
  /** Of the latest attempt. */
  status: number | null;
  error: DeliveryError | null;
  /** A sentence on the latest failure. */
  lastError: string | null;
  latencyMs: number | null;
  /** Milliseconds; when the latest attempt began. */
  attemptedAt: number | null;
  /** Milliseconds; when the event was written. */
  createdAt: number;
  /** Milliseconds; null where it has come to its end or is held. */
  nextAttemptAt: number | null;
  /** What it waits for; null where it has come to its end. */
  waiting: Waiting | null;
  /** The replay that made it due (again). */
  replayId: number | null;
  /** Which of its parts is next, or was the last one, from 0. */
  part: number;
}

/** What the log's queries select of a delivery, its event and its webhook. */
export type LogRow = DeliveryRow &
  Pick<EventRow, 'kind' | 'chats' | 'created_at'> &
  Holdup & {
    event_id: string;
    /** 1 where another comes before it in its chat. */
    is_behind: number;
  };

/** Makes an entry of the log for `reader` out of its row, as it stands at `now` (milliseconds). */
export function toLogged(row: LogRow, reader: User, now: number): LoggedDelivery {
  const chats = readJson<EventChat[]>(row.chats).filter((chat) => mayReadChat(reader, chat));
  const isComing = row.state === 'due' && row.next_at !== NEVER_MS;
  return {
    webhookId: row.webhook_id,
    seq: row.seq,
    deliveryId: deliveryId(row.event_id, row.webhook_id),
    kind: row.kind,
    chats: chats.map((chat) => chat.wa_id),
    state: row.state,
    attempts: row.attempts,
    status: row.status,
    error: row.error,
    lastError: row.last_error,
    latencyMs: row.latency_ms,
    attemptedAt: row.attempted_at,
    createdAt: row.created_at,
    nextAttemptAt: isComing ? row.next_at : null,
    waiting: waitingFor(row, row, row.is_behind === 1, now),
    replayId: row.replay_id,
    part: row.part,
  };
}

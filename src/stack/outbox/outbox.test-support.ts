import { sql } from 'drizzle-orm';
import { afterEach, beforeEach, vi } from 'vitest';
import { acceptMessage } from '../../inbox/sending/accept-message.ts';
import { linksAt } from '../../inbox/media/links.ts';
import type { WrittenEvent } from '../../events/event.ts';
import { seedUser, stack } from '../../inbox/seed.test-support.ts';
import type { User } from '../../auth/user.ts';
import { Outbox } from './outbox.ts';
import type { SendJob, SendResult } from './send-job.ts';

const { db, files } = stack;

/** Nine in the morning of some day: far enough from zero for every look back. */
const MORNING = Date.UTC(2026, 5, 1, 9);

/** A send that waits for its answer. */
export interface Pending {
  job: SendJob;
  answer: (result: SendResult) => void;
}

/** An outbox on the real database with a clock and a WABA of the test's own. */
export class OutboxUnderTest {
  now = MORNING;
  wakeAt: number | undefined;
  pausedUntil = 0;
  /** Sends without an answer, oldest first. */
  readonly pending: Pending[] = [];
  /** All sends, as `chat text`. */
  readonly sends: string[] = [];
  readonly events: WrittenEvent[] = [];
  /** Answers at once where it is set. */
  autoAnswer: ((job: SendJob) => SendResult) | undefined;
  /** How files are handed over, where a test has some. */
  handOver: ((job: SendJob) => Promise<SendResult | undefined>) | undefined;
  #outbox = this.#make();

  /** The object is gone and comes back, knowing nothing but what is in the database. */
  restart(): void {
    this.#outbox = this.#make();
    this.pending.length = 0;
    this.wakeAt = undefined;
  }

  get hasUnknown(): boolean {
    return this.#outbox.hasUnknown;
  }

  async wake(): Promise<void> {
    await this.#outbox.wake();
  }

  async hear(): Promise<void> {
    await this.#outbox.hear();
  }

  /** Lets time pass, with every tick that was asked for on the way. */
  async pass(ms: number): Promise<void> {
    const end = this.now + ms;
    while (this.wakeAt !== undefined && this.wakeAt <= end) {
      this.now = Math.max(this.now, this.wakeAt);
      this.wakeAt = undefined;
      await this.#outbox.tick();
      await this.#outbox.tick();
    }
    this.now = end;
  }

  /** Lets time pass until so many sends have been made in all, a minute at most. */
  async untilSent(count: number): Promise<void> {
    for (let passed = 0; this.sends.length < count; passed += 20) {
      if (passed > 60_000) throw new Error(`Only ${this.sends.join()} left.`);
      await this.pass(20);
      await new Promise((resolve) => setTimeout(resolve, 0));
    }
  }

  /** Answers the oldest send without an answer. */
  async answer(result: SendResult): Promise<void> {
    const [oldest] = this.pending.splice(0, 1);
    if (oldest === undefined) throw new Error('Nothing is under way.');
    oldest.answer(result);
    await settleDown();
  }

  #make(): Outbox {
    return new Outbox({
      db,
      files,
      stack: 'default',
      linksAt: (now) => linksAt(stack.config, 'https://inbox.example', now),
      now: () => this.now,
      wakeAt: (at) => {
        this.wakeAt = at;
      },
      handOver: (job) => this.handOver?.(job),
      send: (job) => this.#send(job),
      onEvents: async (events) => {
        this.events.push(...events);
      },
      pause: {
        load: async () => this.pausedUntil,
        save: async (until) => {
          this.pausedUntil = until;
        },
      },
    });
  }

  #send(job: SendJob): Promise<SendResult> {
    this.sends.push(nameOf(job));
    if (this.autoAnswer !== undefined) return Promise.resolve(this.autoAnswer(job));
    return new Promise((answer) => {
      this.pending.push({ job, answer });
    });
  }
}

/** An answer of WABA's to an accepted message. */
export function accepted(wabaId: string, userId?: string): SendResult {
  const contact = { input: '1', wa_id: '1', ...(userId === undefined ? {} : { user_id: userId }) };
  return {
    kind: 'answered',
    status: 200,
    body: { contacts: [contact], messages: [{ id: wabaId }] },
  };
}

/** An answer of WABA's with an error. */
export function refused(code: number, status = 400): SendResult {
  const error = { message: `(#${code}) No`, type: 'OAuthException', code };
  return { kind: 'answered', status, body: { error } };
}

export const LOST: SendResult = { kind: 'lost', reason: 'Network connection lost.' };
export const UNSENT: SendResult = { kind: 'unsent', reason: 'connection refused' };

/** Hands each test an empty outbox and who writes into it, on an inbox without messages; logs are not shown. */
export function useOutbox(begin: (outbox: OutboxUnderTest, user: User) => void): void {
  beforeEach(async () => {
    vi.spyOn(console, 'log').mockImplementation(() => undefined);
    vi.spyOn(console, 'error').mockImplementation(() => undefined);
    const user = await clearOutbox();
    begin(new OutboxUnderTest(), user);
  });

  afterEach(() => {
    vi.restoreAllMocks();
  });
}

/** Removes all that these tests make. */
async function clearOutbox(): Promise<User> {
  for (const table of [
    'messages',
    'outbox',
    'chats',
    'chat_aliases',
    'events',
    'waba_errors',
    'outbox_pause',
    'users',
    'webhooks',
    'messages_search',
    'chats_search',
    'idempotency_keys',
  ]) {
    await db.run(sql.raw(`delete from ${table}`));
  }
  await db.run(sql`update counters set value = 0`);
  return seedUser('sender');
}

/** Puts a text into the outbox; returns its id. */
export async function enqueue(
  user: User,
  chat: string,
  body: string,
  more: { repliesTo?: string; now?: number } = {},
): Promise<string> {
  const message = {
    chat,
    type: 'text',
    content: { body },
    repliesTo: more.repliesTo,
    callbackData: undefined,
  };
  const { id } = await acceptMessage(stack, user, message, { now: more.now ?? MORNING });
  return id;
}

/** What an ingested status does to a message of ours. */
export async function statusComes(id: string, wabaId: string): Promise<void> {
  await db.run(sql`update messages set waba_id = ${wabaId} where id = ${id}`);
}

/** What waits to be sent, in order. */
export async function outboxRows(): Promise<
  { n: number; attempted_at: number | null; attempts: number; next_at: number }[]
> {
  return db.all(sql`select n, attempted_at, attempts, next_at from outbox order by n`);
}

/** The row of the message with our id `id`; undefined where there is none. */
export async function messageOf(id: string): Promise<Record<string, unknown> | undefined> {
  return db.first(sql`select * from messages where id = ${id}`);
}

/** The events, oldest first, with their contents. */
export async function writtenEvents(): Promise<
  { seq: number; kind: string; open: number | null; chats: unknown; extended: unknown }[]
> {
  const rows = await db.all<{
    seq: number;
    kind: string;
    open: number | null;
    chats: string;
    extended: string;
  }>(sql`select seq, kind, open, chats, extended from events order by seq`);
  return rows.map((row) => ({
    ...row,
    chats: JSON.parse(row.chats) as unknown,
    extended: JSON.parse(row.extended) as unknown,
  }));
}

/** Lets everything finish that has been started: rounds of the database, writing of outcomes. */
export async function settleDown(): Promise<void> {
  for (let i = 0; i < 20; i += 1) await new Promise((resolve) => setTimeout(resolve, 1));
}

function nameOf({ message }: SendJob): string {
  const payload = JSON.parse(message.payload) as { text?: { body?: string } };
  return `${message.chat} ${payload.text?.body ?? message.type}`;
}

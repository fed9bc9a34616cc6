import { DurableObject } from 'cloudflare:workers';
import { clientAddress } from '../auth/client-address.ts';
import type { Env, InboundCall, StackObject } from '../bindings.ts';
import type { WrittenEvent } from '../events/event.ts';
import { log, logError } from '../log.ts';
import { openStack, type StackContext } from '../store/open-stack.ts';
import { Housekeeper } from '../upkeep/housekeeping.ts';
import { hasWabaKey } from '../waba/upstream/upstream-of.ts';
import { AlarmClock, MAX_SLEEP_MS } from './alarm-clock.ts';
import { doorbells, ringEvents, ringReplays, ringWebhooks } from './doorbells.ts';
import type { Outbox } from './outbox/outbox.ts';
import { stackOutbox } from './outbox/stack-outbox.ts';
import { RefreshBell } from './refresh-bell.ts';
import { RungEvents } from './rung-events.ts';
import { SharedRecorder } from './shared-recorder.ts';
import { closeQuietly } from './sockets/attachment.ts';
import { Sockets } from './sockets/sockets.ts';
import { TOKEN_DEADLINE_MS } from './sockets/tokenless.ts';
import { findWaiting } from './sweep.ts';

/** Where the object keeps when it last warned of a database that is nearly full. */
const WARNED_KEY = 'database-warned-at';

/**
 * The stack's clock and voice: works the outbox, holds the websockets, and rings what is due. All that
 * must last is in D1, in its sockets' attachments and in its own storage (the alarm, a pause of the
 * number), so it may be evicted or killed at any time.
 */
export class Stack
  extends DurableObject<Env>
  implements Omit<StackObject, '__DURABLE_OBJECT_BRAND'>
{
  readonly #stack: StackContext;
  readonly #clock: AlarmClock;
  readonly #sockets: Sockets;
  readonly #outbox: Outbox;
  readonly #rung = new RungEvents();
  readonly #house: Housekeeper;
  readonly #recorder: SharedRecorder;
  readonly #refreshBell: RefreshBell;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    const { name } = ctx.id;
    if (name === undefined)
      throw new Error('A Stack object is addressed by the name of its stack.');
    this.#stack = openStack(env, name);
    this.#clock = new AlarmClock(ctx.storage);
    this.#sockets = new Sockets(ctx, this.#stack);
    this.#outbox = stackOutbox(ctx, this.#stack, this.#clock, (events) => this.#tell(events));
    this.#recorder = new SharedRecorder({
      env,
      stack: this.#stack,
      pump: () => this.#sockets.pump(),
      later: (work) => ctx.waitUntil(work),
    });
    const hasKey = hasWabaKey(this.#stack.config);
    this.#refreshBell = new RefreshBell(hasKey, () => doorbells(env, name).refreshes());
    this.#house = new Housekeeper({
      stack: this.#stack,
      now: () => Date.now(),
      ringBy: (at) => this.#clock.ringBy(at, Date.now()),
      warned: {
        load: async () => (await ctx.storage.get<number>(WARNED_KEY)) ?? 0,
        save: (at) => ctx.storage.put(WARNED_KEY, at),
      },
    });
  }

  /** The stack serves: from now on the alarm is never off. */
  async wake(): Promise<void> {
    await this.#clock.ringBy(Date.now(), Date.now());
  }

  /** Events were written. */
  async ring(): Promise<void> {
    await this.#keepAlarm();
    // A status may have settled a send whose answer was lost.
    this.ctx.waitUntil(this.#outbox.hear());
    await this.#sockets.pump();
  }

  /** Stores a call of WABA's beside others, and rings for it. */
  async record(call: InboundCall): Promise<void> {
    await this.#keepAlarm();
    await this.#recorder.record(call);
    this.ctx.waitUntil(this.#outbox.hear());
  }

  /** Messages were put into the outbox. */
  async workOutbox(): Promise<void> {
    await this.#keepAlarm();
    this.ctx.waitUntil(this.#outbox.wake());
  }

  /** Something is due at `at` (milliseconds). */
  async reportDue(at: number): Promise<void> {
    await this.#clock.ringBy(at, Date.now());
  }

  /** The user's token was reset or they were deactivated. */
  async closeSockets(userId: number): Promise<void> {
    this.#sockets.closeUser(userId);
  }

  /** How many websockets are open. */
  async countSockets(): Promise<number> {
    return this.#sockets.count();
  }

  /** Opens a websocket, or answers 429 where too many have shown no token yet. */
  override async fetch(request: Request): Promise<Response> {
    const now = Date.now();
    const webSocket = this.#sockets.accept(clientAddress(request.headers) ?? null, now);
    if (webSocket === undefined) {
      const seconds = TOKEN_DEADLINE_MS / 1000;
      const detail = 'Too many websockets have shown no token. Come back later.';
      return Response.json({ detail }, { status: 429, headers: { 'Retry-After': `${seconds}` } });
    }
    await this.#clock.ringBy(now + TOKEN_DEADLINE_MS, now);
    return new Response(null, { status: 101, webSocket });
  }

  override async webSocketMessage(socket: WebSocket, data: string | ArrayBuffer): Promise<void> {
    try {
      await this.#sockets.receive(socket, data);
    } catch (error) {
      logError('socket_frame_failed', error, { stack: this.#stack.config.name });
      socket.close(1011, 'The server could not look up the token. Try again.');
    }
  }

  override webSocketClose(socket: WebSocket, code: number): void {
    this.#sockets.forget(socket);
    // Answers the closing handshake; 1005 and 1006 mean "no code" and may not be sent (RFC 6455, 7.4.1).
    closeQuietly(socket, code === 1005 || code === 1006 ? 1000 : code, '');
  }

  /**
   * Re-arms before anything else; only where that fails it throws, for the platform to try again. A
   * clock that stops is found by nobody.
   */
  override async alarm(): Promise<void> {
    await this.#clock.beginSweep(Date.now());
    try {
      const nextAt = await this.#sweep();
      await this.#clock.endSweep(nextAt, Date.now());
    } catch (error) {
      logError('sweep_failed', error, { stack: this.#stack.config.name });
    }
  }

  /** Rings all that lies waiting; returns when the next of it is due (milliseconds, or Infinity). */
  async #sweep(): Promise<number> {
    const { name } = this.#stack.config;
    const now = Date.now();
    // Before storage is asked, which may be away.
    const lateAt = this.#sockets.closeLate(now) ?? Infinity;
    const waiting = await findWaiting(this.#stack.db, now, this.#rung.upTo(now));
    // Both go on for as long as there is something to do, and an object has one alarm at a time.
    // Neither needs the queues, so they do not wait for those.
    this.ctx.waitUntil(this.#outbox.wake());
    this.ctx.waitUntil(this.#sockets.pumpOrLog());
    await Promise.all([
      ringEvents(this.env, name, waiting.events),
      ringWebhooks(this.env, name, waiting.webhooks),
      ringReplays(this.env, name, waiting.replays),
      doorbells(this.env, name).media(waiting.media),
      waiting.hasRefresh && this.#refreshBell.ring(now),
      this.#sockets.closeStale(),
    ]);
    // Only now: what could not be rung, the next sweep must find again.
    this.#rung.note(waiting.events, now);
    // What is due comes first.
    this.ctx.waitUntil(this.#house.work());
    log('alarm', {
      stack: name,
      events: waiting.events.length,
      webhooks: waiting.webhooks.length,
      media: waiting.media.length,
      replays: waiting.replays.length,
      ms: Date.now() - now,
    });
    return Math.min(waiting.nextAt ?? Infinity, lateAt);
  }

  /** Our own events: messages that WABA took, or refused for good. */
  async #tell(events: readonly WrittenEvent[]): Promise<void> {
    const open = events.filter((event) => event.open === 1).map((event) => event.seq);
    await ringEvents(this.env, this.#stack.config.name, open);
    await this.#sockets.pump();
  }

  async #keepAlarm(): Promise<void> {
    await this.#clock.ringBy(Date.now() + MAX_SLEEP_MS, Date.now());
  }
}

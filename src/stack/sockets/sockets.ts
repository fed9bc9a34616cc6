import { findUserByToken, hashToken } from '../../auth/token.ts';
import type { User } from '../../auth/user.ts';
import { newestSeq } from '../../events/event.ts';
import { log, logError } from '../../log.ts';
import type { StackContext } from '../../store/open-stack.ts';
import { attach, attachmentOf, closeQuietly, type Attachment, type Session } from './attachment.ts';
import { framesFor } from './event-frames.ts';
import { readPage, type EventPage } from './event-page.ts';
import { badRequestFrame, readFrame, refusedFrame, welcomeFrame } from './frames.ts';
import { nextStart } from './next-start.ts';
import { loadSessionUsers } from './session-users.ts';
import { Tokenless } from './tokenless.ts';

/** How many wrong tokens, or frames that are none, one socket may try. */
const MAX_FAILURES = 3;

/** RFC 6455, 7.4.1: a policy was violated. */
const POLICY_VIOLATION = 1008;

interface LiveSocket {
  socket: WebSocket;
  attachment: Attachment & { session: Session };
}

/**
 * The stack's websockets. The object hibernates while they are idle, so all that must last is in
 * their attachments: who they are and the last event they were sent. From that, the events in D1 tell
 * what they have not seen, however the object learned that there is something.
 */
export class Sockets {
  readonly #ctx: DurableObjectState;
  readonly #stack: StackContext;
  readonly #tokenless: Tokenless;
  #pumping: Promise<void> | undefined;
  #rungAgain = false;
  #isCatchingUp = false;

  constructor(ctx: DurableObjectState, stack: StackContext) {
    this.#ctx = ctx;
    this.#stack = stack;
    this.#tokenless = new Tokenless(ctx);
    // Answered by the runtime: a ping neither wakes the object nor costs anything.
    ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair('ping', 'pong'));
  }

  /**
   * Accepts a new websocket from an address and returns the client's end; undefined where too many have shown
   * no token yet.
   */
  accept(address: string | null, now: number): WebSocket | undefined {
    if (!this.#tokenless.admits(address, now)) return undefined;
    const { 0: client, 1: server } = new WebSocketPair();
    this.#ctx.acceptWebSocket(server);
    attach(server, { openedAt: now, address, failures: 0, session: null });
    return client;
  }

  /** Handles a client's frame: its token, or something that is none. */
  async receive(socket: WebSocket, data: string | ArrayBuffer): Promise<void> {
    const frame = readFrame(data);
    const attachment = attachmentOf(socket);
    // Frames that come at once are counted before the first of them is looked up.
    if (attachment.failures >= MAX_FAILURES) return;
    if ('problem' in frame) {
      if (attachment.session === null) addFailures(socket, 1);
      this.#refuse(socket, badRequestFrame(frame.problem));
      return;
    }
    addFailures(socket, 1);
    const user = await findUserByToken(this.#stack, frame.token);
    if (user === undefined) {
      this.#refuse(socket, refusedFrame());
      return;
    }
    addFailures(socket, -1);
    await this.#welcome(socket, user, frame);
  }

  /**
   * Sends every socket the events it has not seen. Calls that come meanwhile share one more round.
   * Those who asked for what they missed are not waited for: they catch up beside the others.
   */
  async pump(): Promise<void> {
    this.#ctx.waitUntil(this.#catchUp());
    if (this.#pumping !== undefined) {
      this.#rungAgain = true;
      return this.#pumping;
    }
    this.#pumping = this.#pumpUntilQuiet();
    return this.#pumping;
  }

  /** How many are open, signed in or not yet. */
  count(): number {
    const sockets = this.#ctx.getWebSockets();
    return sockets.filter(({ readyState }) => readyState === WebSocket.OPEN).length;
  }

  /** Closes the sockets of a user. */
  closeUser(userId: number): void {
    for (const { socket, attachment } of this.#live()) {
      if (attachment.session.userId === userId)
        closeQuietly(socket, POLICY_VIOLATION, 'Signed out.');
    }
  }

  /** Closes those whose token was reset, or whose user is inactive. */
  async closeStale(): Promise<void> {
    await this.#usersOf(this.#live());
  }

  /** Closes who has shown no token in time; returns when the next one's is over (milliseconds), if there is one. */
  closeLate(now: number): number | undefined {
    const nextAt = this.#tokenless.closeLate(now);
    const refused = this.#tokenless.takeRefused();
    if (refused > 0) log('sockets_refused', { stack: this.#stack.config.name, refused });
    return nextAt;
  }

  /** A socket is closed: another one may come for it. */
  forget(socket: WebSocket): void {
    const { session, address } = attachmentOf(socket);
    if (session === null) this.#tokenless.release(address);
  }

  #refuse(socket: WebSocket, answer: string): void {
    socket.send(answer);
    if (attachmentOf(socket).failures >= MAX_FAILURES)
      closeQuietly(socket, POLICY_VIOLATION, 'Too many wrong tokens.');
  }

  async #welcome(
    socket: WebSocket,
    user: User,
    { token, after }: { token: string; after?: number | undefined },
  ): Promise<void> {
    const newest = await newestSeq(this.#stack.db);
    const { session: former } = attachmentOf(socket);
    // Who shows the token again goes on where they were.
    const wanted = after ?? (former?.userId === user.id ? former.seq : newest);
    const seq = Math.min(wanted, newest);
    const session = { userId: user.id, tokenHash: hashToken(token), seq, isBehind: seq < newest };
    attach(socket, { ...attachmentOf(socket), session });
    if (former === null) this.#tokenless.release(attachmentOf(socket).address);
    socket.send(welcomeFrame(user.username, newest));
    // What came while the newest was asked for rang before this socket could be told. A round can be
    // long, and the frame is done with.
    this.#ctx.waitUntil(this.pumpOrLog());
  }

  /** What fails here is repeated by the next bell or, at the latest, by the alarm. */
  async pumpOrLog(): Promise<void> {
    try {
      await this.pump();
    } catch (error) {
      logError('pump_failed', error, { stack: this.#stack.config.name });
    }
  }

  /** The signed-in sockets: all of them, or those that are behind, or those that are not. */
  #live(isBehind?: boolean): LiveSocket[] {
    return this.#ctx.getWebSockets().flatMap((socket) => {
      // One that is closing is sent nothing more, so it must not be waited for either.
      if (socket.readyState !== WebSocket.OPEN) return [];
      const attachment = attachmentOf(socket);
      const { session } = attachment;
      if (session === null) return [];
      if (isBehind !== undefined && session.isBehind !== isBehind) return [];
      return [{ socket, attachment: { ...attachment, session } }];
    });
  }

  async #pumpUntilQuiet(): Promise<void> {
    try {
      do {
        this.#rungAgain = false;
        while (await this.#pumpPage());
      } while (this.#rungAgain);
    } finally {
      // In the same turn as the last look at the bell: a ring in between would be lost.
      this.#pumping = undefined;
    }
  }

  /** Sends one page of events to those who are not behind; returns whether there may be more. */
  async #pumpPage(): Promise<boolean> {
    const seen = seqsOf(this.#live(false));
    return seen.length > 0 && !(await this.#sendPage(Math.min(...seen), false));
  }

  /** Sends those who are behind what they missed, in turns, and then counts them to the others. */
  async #catchUp(): Promise<void> {
    if (this.#isCatchingUp) return;
    this.#isCatchingUp = true;
    try {
      let start = nextStart(seqsOf(this.#live(true)), Infinity);
      while (start !== undefined) {
        const isLast = await this.#sendPage(start, true);
        // What came since the page was read rang for the others only.
        if (isLast) this.#ctx.waitUntil(this.pumpOrLog());
        start = nextStart(seqsOf(this.#live(true)), start);
      }
    } catch (error) {
      logError('catch_up_failed', error, { stack: this.#stack.config.name });
    } finally {
      this.#isCatchingUp = false;
    }
  }

  /**
   * Sends the events after `from` to those who are behind, or to those who are not; returns whether
   * these were the last. All of them that had seen `from` are further on then, or closed.
   */
  async #sendPage(from: number, isBehind: boolean): Promise<boolean> {
    const page = await readPage(this.#stack, from);
    const users = await this.#usersOf(this.#live(isBehind));
    // Asked anew, with no await from here on: sockets come and go meanwhile.
    for (const live of this.#live(isBehind)) {
      const user = users.get(live.attachment.session.userId);
      if (user !== undefined) sendUnseen(live, user, page);
    }
    return page.isLast;
  }

  /** The users behind sockets, by id; closes the sockets of those who may not have one any more. */
  async #usersOf(live: readonly LiveSocket[]): Promise<Map<number, User>> {
    const sessions = live.map(({ attachment }) => attachment.session);
    const users = await loadSessionUsers(this.#stack.db, sessions);
    for (const { socket, attachment } of live) {
      const { userId, tokenHash } = attachment.session;
      if (users.hashes.get(userId) !== tokenHash || !users.byId.has(userId))
        closeQuietly(socket, POLICY_VIOLATION, 'Signed out.');
    }
    return users.byId;
  }
}

function addFailures(socket: WebSocket, more: number): void {
  const attachment = attachmentOf(socket);
  attach(socket, { ...attachment, failures: attachment.failures + more });
}

function seqsOf(live: readonly LiveSocket[]): number[] {
  return live.map(({ attachment }) => attachment.session.seq);
}

function sendUnseen(
  { socket, attachment }: LiveSocket,
  user: User,
  { from, events, upTo, isLast }: EventPage,
): void {
  const { session } = attachment;
  // One that came while the page was read may miss what is before it.
  if (session.seq < from) return;
  const viewer = {
    isAdmin: user.role === 'admin',
    userId: user.id,
    canReadChats: user.canReadChats,
    groupIds: user.groups.map((group) => group.id),
  };
  const unseen = events.filter((event) => event.seq > session.seq);
  for (const event of unseen) for (const frame of framesFor(viewer, event)) socket.send(frame);
  const seq = Math.max(session.seq, upTo);
  const isBehind = session.isBehind && !isLast;
  if (seq === session.seq && isBehind === session.isBehind) return;
  attach(socket, { ...attachment, session: { ...session, seq, isBehind } });
}

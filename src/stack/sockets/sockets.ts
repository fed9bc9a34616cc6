import { sql } from 'drizzle-orm';
import { findUserByToken, hashToken } from '../../auth/token.ts';
import type { User } from '../../auth/user.ts';
import { readContents, type EventChat, type EventRow } from '../../inbox/events.ts';
import { readJson } from '../../store/json-column.ts';
import type { StackContext } from '../../store/open-stack.ts';
import { attach, attachmentOf, closeQuietly, type Attachment, type Session } from './attachment.ts';
import { framesFor, type ShownEvent } from './event-frames.ts';
import { badRequestFrame, readFrame, refusedFrame, welcomeFrame } from './frames.ts';
import { loadSessionUsers } from './session-users.ts';

/** How many wrong tokens one socket may try. */
const MAX_FAILURES = 3;

/** Who has shown no token by then is not going to. */
const TOKEN_DEADLINE_MS = 60_000;

/** Events read at once: their bodies are held in memory meanwhile. */
const PAGE = 25;

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
  #pumping: Promise<void> | undefined;
  #rungAgain = false;

  constructor(ctx: DurableObjectState, stack: StackContext) {
    this.#ctx = ctx;
    this.#stack = stack;
    // Answered by the runtime: a ping neither wakes the object nor costs anything.
    ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair('ping', 'pong'));
  }

  /** Accepts a new websocket and returns the client's end. */
  accept(now: number): WebSocket {
    const { 0: client, 1: server } = new WebSocketPair();
    this.#ctx.acceptWebSocket(server);
    attach(server, { openedAt: now, failures: 0, session: null });
    return client;
  }

  /** Handles a client's frame: its token, or something that is none. */
  async receive(socket: WebSocket, data: string | ArrayBuffer): Promise<void> {
    const frame = readFrame(data);
    if ('problem' in frame) {
      socket.send(badRequestFrame(frame.problem));
      return;
    }
    const user = await findUserByToken(this.#stack, frame.token);
    if (user === undefined) this.#refuse(socket);
    else await this.#welcome(socket, user, frame.token);
  }

  /** Sends every socket the events it has not seen. Calls that come meanwhile share one more round. */
  async pump(): Promise<void> {
    if (this.#pumping !== undefined) {
      this.#rungAgain = true;
      return this.#pumping;
    }
    this.#pumping = this.#pumpUntilQuiet().finally(() => (this.#pumping = undefined));
    return this.#pumping;
  }

  /** Closes the sockets of a user. */
  closeUser(userId: number): void {
    for (const { socket, attachment } of this.#live()) {
      if (attachment.session.userId === userId)
        closeQuietly(socket, POLICY_VIOLATION, 'Signed out.');
    }
  }

  /** Closes those whose token was reset, whose user is inactive, or who never showed a token. */
  async closeStale(now: number): Promise<void> {
    for (const socket of this.#ctx.getWebSockets()) {
      const { session, openedAt } = attachmentOf(socket);
      const isLate = session === null && now - openedAt > TOKEN_DEADLINE_MS;
      if (isLate) closeQuietly(socket, POLICY_VIOLATION, 'No token came.');
    }
    await this.#usersOf(this.#live());
  }

  #refuse(socket: WebSocket): void {
    const attachment = attachmentOf(socket);
    attach(socket, { ...attachment, failures: attachment.failures + 1 });
    socket.send(refusedFrame());
    if (attachment.failures + 1 >= MAX_FAILURES)
      closeQuietly(socket, POLICY_VIOLATION, 'Too many wrong tokens.');
  }

  async #welcome(socket: WebSocket, user: User, token: string): Promise<void> {
    const newest = await this.#stack.db.first<{ seq: number }>(
      sql`select coalesce(max(seq), 0) as seq from events`,
    );
    const session = { userId: user.id, tokenHash: hashToken(token), seq: newest?.seq ?? 0 };
    attach(socket, { ...attachmentOf(socket), session });
    socket.send(welcomeFrame(user.username));
  }

  #live(): LiveSocket[] {
    return this.#ctx.getWebSockets().flatMap((socket) => {
      // One that is closing is sent nothing more, so it must not be waited for either.
      if (socket.readyState !== WebSocket.OPEN) return [];
      const attachment = attachmentOf(socket);
      const { session } = attachment;
      return session === null ? [] : [{ socket, attachment: { ...attachment, session } }];
    });
  }

  async #pumpUntilQuiet(): Promise<void> {
    do {
      this.#rungAgain = false;
      while (await this.#pumpPage());
    } while (this.#rungAgain);
  }

  /** Sends one page of events; returns whether there may be more. */
  async #pumpPage(): Promise<boolean> {
    const seen = this.#live().map(({ attachment }) => attachment.session.seq);
    if (seen.length === 0) return false;
    const rows = await this.#stack.db.all<EventRow>(sql`
      select * from events where seq > ${Math.min(...seen)} order by seq limit ${PAGE}`);
    const events = await Promise.all(rows.map((row) => this.#shown(row)));
    const users = await this.#usersOf(this.#live());
    // Asked anew, with no await from here on: sockets come and go meanwhile.
    for (const live of this.#live()) {
      const user = users.get(live.attachment.session.userId);
      if (user !== undefined) sendUnseen(live, user, events);
    }
    return rows.length === PAGE;
  }

  async #shown(row: EventRow): Promise<ShownEvent & { seq: number }> {
    const contents = await readContents(this.#stack.files, row);
    return {
      seq: row.seq,
      kind: row.kind,
      chats: readJson<EventChat[]>(row.chats),
      ...contents,
    };
  }

  /** The users behind sockets, by id; closes the sockets of those who may not have one any more. */
  async #usersOf(live: readonly LiveSocket[]): Promise<Map<number, User>> {
    const sessions = live.map(({ attachment }) => attachment.session);
    const users = await loadSessionUsers(this.#stack.db, sessions);
    for (const { socket, attachment } of live) {
      const { userId, tokenHash } = attachment.session;
      if (users.hashes.get(userId) !== tokenHash)
        closeQuietly(socket, POLICY_VIOLATION, 'Signed out.');
    }
    return users.byId;
  }
}

function sendUnseen(
  { socket, attachment }: LiveSocket,
  user: User,
  events: readonly (ShownEvent & { seq: number })[],
): void {
  const viewer = {
    userId: user.id,
    canReadChats: user.canReadChats,
    groupIds: user.groups.map((group) => group.id),
  };
  const unseen = events.filter((event) => event.seq > attachment.session.seq);
  for (const event of unseen) for (const frame of framesFor(viewer, event)) socket.send(frame);
  const last = unseen.at(-1);
  if (last === undefined) return;
  attach(socket, { ...attachment, session: { ...attachment.session, seq: last.seq } });
}

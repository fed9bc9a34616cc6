import { attachmentOf, closeQuietly } from './attachment.ts';

/** A client shows its token as soon as it is connected; who has shown none by then is closed. */
export const TOKEN_DEADLINE_MS = 10_000;

/** An office may come back at once behind one address, and a whole stack's people after an outage. */
const MAX_PER_ADDRESS = 100;
const MAX_PER_STACK = 500;

/** Counting reads every socket's attachment; between two counts, those that come are added up. */
const COUNT_EVERY_MS = 1_000;

/** RFC 6455, 7.4.1: a policy was violated. */
const POLICY_VIOLATION = 1008;

/** How many websockets have shown no token, and by which address; null is everybody's where none is told. */
interface Count {
  countedAt: number;
  all: number;
  byAddress: Map<string | null, number>;
}

/**
 * The websockets that have shown no token yet: few of them, and not for long. What is known of each is in
 * its attachment, so that an evicted object goes on where it was.
 */
export class Tokenless {
  readonly #ctx: Pick<DurableObjectState, 'getWebSockets'>;
  #count: Count | undefined;
  #refused = 0;

  constructor(ctx: Pick<DurableObjectState, 'getWebSockets'>) {
    this.#ctx = ctx;
  }

  /** Whether one more may come from an address, which counts it; or else counts the refusal. */
  admits(address: string | null, now: number): boolean {
    const count = this.#countAt(now);
    const ofAddress = count.byAddress.get(address) ?? 0;
    const isFull = count.all >= MAX_PER_STACK || (address !== null && ofAddress >= MAX_PER_ADDRESS);
    if (isFull) {
      this.#refused += 1;
      return false;
    }
    count.all += 1;
    count.byAddress.set(address, ofAddress + 1);
    return true;
  }

  /** One from an address has shown its token, or is gone. */
  release(address: string | null | undefined): void {
    if (this.#count === undefined) return;
    const { byAddress } = this.#count;
    this.#count.all -= 1;
    byAddress.set(address ?? null, (byAddress.get(address ?? null) ?? 0) - 1);
  }

  /** Closes those whose time is up; returns when the next one's is (milliseconds), if there is one. */
  closeLate(now: number): number | undefined {
    let nextAt = Infinity;
    for (const { socket, openedAt } of this.#open()) {
      const deadline = openedAt + TOKEN_DEADLINE_MS;
      if (deadline <= now) closeQuietly(socket, POLICY_VIOLATION, 'No token came.');
      else nextAt = Math.min(nextAt, deadline);
    }
    return nextAt === Infinity ? undefined : nextAt;
  }

  /** How many were refused since this was asked last. */
  takeRefused(): number {
    const refused = this.#refused;
    this.#refused = 0;
    return refused;
  }

  #countAt(now: number): Count {
    if (this.#count !== undefined && now - this.#count.countedAt < COUNT_EVERY_MS) {
      return this.#count;
    }
    const count: Count = { countedAt: now, all: 0, byAddress: new Map() };
    for (const { address } of this.#open()) {
      count.all += 1;
      count.byAddress.set(address, (count.byAddress.get(address) ?? 0) + 1);
    }
    this.#count = count;
    return count;
  }

  #open(): { socket: WebSocket; address: string | null; openedAt: number }[] {
    return this.#ctx.getWebSockets().flatMap((socket) => {
      if (socket.readyState !== WebSocket.OPEN) return [];
      const { session, address, openedAt } = attachmentOf(socket);
      return session === null ? [{ socket, address: address ?? null, openedAt }] : [];
    });
  }
}

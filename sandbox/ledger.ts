import type { Excess } from './rate.ts';
import type { JsonObject } from './json-object.ts';

/** One message the pretend WABA accepted. `at` is in milliseconds since 1970. */
export type SentMessage = {
  wamid: string;
  to: string;
  body: JsonObject;
  at: number;
  apiKey: string;
};

/** One request of any kind; status 0 means the connection was broken instead of answered. */
export type RequestLogEntry = { method: string; path: string; status: number; at: number };

/** One limit broken: of the number, of a pair, or of failed media look-ups. */
export type Violation = { kind: Excess | 'media'; to: string; at: number };

/** One message marked as read, with or without the typing indicator. */
export type ReadMark = { messageId: string; typing: boolean; at: number };

/** One change of what WhatsApp keeps for the number: its templates, profile, photo or blocks. */
export type AccountChange = { method: string; path: string; body: unknown; at: number };

/** One message as a pretend phone shows it. */
export type ReceivedMessage = JsonObject & {
  id: string;
  type: string;
  at: number;
  statuses: { status: string; timestamp: string }[];
};

/** Enough for a test to look back on, little enough to run for days. */
const MAX_REQUESTS = 10_000;

/**
 * What happened in this sandbox so far. Sends are never forgotten: who looks for a message sent
 * twice must see them all.
 */
export class Ledger {
  readonly sent: SentMessage[] = [];
  readonly requests: RequestLogEntry[] = [];
  readonly violations: Violation[] = [];
  readonly reads: ReadMark[] = [];
  readonly changes: AccountChange[] = [];
  /** Ids of messages that phones have sent: the ones that can be marked as read. */
  readonly inboundIds = new Set<string>();
  /** The name each customer showed last. */
  readonly names = new Map<string, string>();
  readonly #received = new Map<string, ReceivedMessage[]>();

  /** Notes a request, forgetting the oldest above 10,000. */
  addRequest(entry: RequestLogEntry): void {
    this.requests.push(entry);
    if (this.requests.length > MAX_REQUESTS) this.requests.shift();
  }

  /** Puts a message on a customer's phone. */
  receive(customerKey: string, message: ReceivedMessage): void {
    const messages = this.#received.get(customerKey) ?? [];
    messages.push(message);
    this.#received.set(customerKey, messages);
  }

  /** What a customer's phone has received, newest last. */
  received(customerKey: string): readonly ReceivedMessage[] {
    return this.#received.get(customerKey) ?? [];
  }
}

/** What the Worker asks of a stack's Durable Object. Times are milliseconds. */
export interface StackObject extends Rpc.DurableObjectBranded {
  /** The stack serves: from now on the object's alarm is never off. */
  wake(): Promise<void>;
  /** Events were written. */
  ring(): Promise<void>;
  /** Messages were put into the outbox. */
  workOutbox(): Promise<void>;
  /** Something is due at `at`. */
  reportDue(at: number): Promise<void>;
  /** The user's token was reset or they were deactivated. */
  closeSockets(userId: number): Promise<void>;
  /** How many websockets are open. */
  countSockets(): Promise<number>;
  /** Stores a call of WABA's, together with others that come meanwhile, and rings for it. */
  record(call: InboundCall): Promise<void>;
}

/** A call of WABA's that may be stored: authenticated, and a JSON object. */
export interface InboundCall {
  /** The body as it came. */
  text: string;
  /** SHA-256 of the body, hex. */
  digest: string;
  /** Signature headers as they came. */
  signatures: Record<string, string>;
  /** How many routers the body has been through; 0 where it comes from WABA itself. */
  hops: number;
  /** Begins the links to media in it. */
  baseUrl: string;
  /** Milliseconds; when it came. */
  now: number;
}

/**
 * What the Worker is bound to. Settings of one stack (`SETTINGS` below) are read by name; a second
 * stack `acme` has its own under `ACME__…`, its database among them.
 */
export interface Env {
  DB: D1Database;
  BUCKET: R2Bucket;
  STACK: DurableObjectNamespace<StackObject>;
  EVENTS: Queue<QueueMessage>;
  DUE: Queue<QueueMessage>;
  MEDIA: Queue<QueueMessage>;
  ASSETS?: Fetcher;
  /** Sends e-mail from EMAIL_FROM. */
  EMAIL?: SendEmail;
  /** Slows guessing down before it reaches the database. */
  LOGIN_LIMIT?: RateLimit;
  /** The databases of further stacks. */
  [database: `${string}__DB`]: D1Database | undefined;
}

/** What a doorbell says. Ids only: the rows are the truth, so a message that comes late or twice is harmless. */
export type QueueMessage =
  | { kind: 'event'; stack: string; seq: number }
  | { kind: 'webhook'; stack: string; webhook: number }
  | { kind: 'media'; stack: string; media: string }
  | { kind: 'push'; stack: string; event: number }
  | { kind: 'replay'; stack: string; replay: number }
  | { kind: 'refresh'; stack: string };

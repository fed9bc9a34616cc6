/**
 * How the rooms below the Stack object wake what is above them. A bell carries ids or nothing: the
 * rows are the truth, and what a bell loses the Stack object finds by itself.
 */
export interface Bells {
  /** Events were written. `seqs` names those that a subscriber has to be told of, by their sequence numbers. */
  events(seqs: readonly number[]): Promise<void>;
  /** Messages were put into the outbox. */
  outbox(): Promise<void>;
  /** Incoming files wait to be fetched. */
  media(ids: readonly string[]): Promise<void>;
  /** These events have messages of customers in them that phones are to show. */
  pushes(seqs: readonly number[]): Promise<void>;
  /** Deliveries of these webhooks are due. */
  webhooks(ids: readonly number[]): Promise<void>;
  /** The next step of these replays is due. */
  replays(ids: readonly number[]): Promise<void>;
  /** Something is due to be fetched from WABA: templates, say. */
  refreshes(): Promise<void>;
  /** A user's token was reset or the user was deactivated: their sockets are closed. */
  closeSockets(userId: number): Promise<void>;
}

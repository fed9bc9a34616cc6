/**
 * What is kept with a websocket. It outlives the object's hibernation (at most 16,384 bytes, Durable
 * Object limits); anything in memory does not.
 */
export interface Attachment {
  /** Milliseconds. */
  openedAt: number;
  /** Where it comes from; null where nobody says it, and missing in one that was opened before this was kept. */
  address?: string | null;
  /** Wrong tokens so far, and frames that are none while no right one came. */
  failures: number;
  /** Who it is; null until a right token came. */
  session: Session | null;
}

export interface Session {
  userId: number;
  /** SHA-256 of the token it was opened with: after a reset it is closed. */
  tokenHash: string;
  /** The last event it was sent. */
  seq: number;
  /** It asked for what it missed and has not got all of it yet. */
  isBehind: boolean;
}

/** Reads what is kept with a socket. */
export function attachmentOf(socket: WebSocket): Attachment {
  const attachment: Attachment = socket.deserializeAttachment();
  return attachment;
}

/** Keeps something with a socket. */
export function attach(socket: WebSocket, attachment: Attachment): void {
  socket.serializeAttachment(attachment);
}

/** Closes a socket that may be closed already. */
export function closeQuietly(socket: WebSocket, code: number, reason: string): void {
  try {
    socket.close(code, reason);
  } catch {
    // The other side was quicker.
  }
}

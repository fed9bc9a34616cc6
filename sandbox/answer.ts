/** What a route answers; the server writes it, or loses it when a fault says so. */
export type Answer = {
  status: number;
  headers: Record<string, string>;
  body: string | Uint8Array;
};

/** An answer with a JSON body. */
export function json(status: number, value: unknown): Answer {
  const headers = { 'content-type': 'application/json' };
  return { status, headers, body: JSON.stringify(value) };
}

/** An answer in plain text. */
export function plainText(status: number, body: string): Answer {
  return { status, headers: { 'content-type': 'text/plain; charset=utf-8' }, body };
}

/** A request that cannot be served: the HTTP status and a sentence for who sent it. */
export class Problem extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

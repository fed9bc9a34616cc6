import type { Operations } from './operations.js';

export type * from './operations.js';

/** Where the API is and who asks. */
export interface ConnectOptions {
  /** The address of the stack, such as `https://acme.example.com`. */
  url: string;
  /** An API token; operations that need none can be called without. */
  token?: string;
  /** Instead of the platform's own. */
  fetch?: (request: Request) => Promise<Response>;
}

type Input<Name extends keyof Operations> = Omit<Operations[Name], 'answer'> & {
  signal?: AbortSignal;
};

/** A call without a required part can be made without an argument. */
type Call<Name extends keyof Operations> =
  Partial<Input<Name>> extends Input<Name>
    ? (input?: Input<Name>) => Promise<Operations[Name]['answer']>
    : (input: Input<Name>) => Promise<Operations[Name]['answer']>;

/** A function per operation of the API. Each throws WaypostError where the answer is no success. */
export type Client = { [Name in keyof Operations]: Call<Name> };

/** Returns a client of the API at `url`. Asks for nothing yet. */
export declare function connect(options: ConnectOptions): Client;

/** An answer that is no success. */
export declare class WaypostError extends Error {
  constructor(operation: string, status: number, body: unknown);
  /** The name of the operation. */
  readonly operation: string;
  readonly status: number;
  /** What was answered: an object where it was JSON, else text. */
  readonly body: unknown;
}

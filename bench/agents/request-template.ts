import { assertLoopback } from '../loopback.ts';

/** POSTs that differ in two places of their body. */
export interface RequestTemplate {
  url: string;
  headers: Record<string, string>;
  /** `{index}` stands for the number of the request, from 0 on, `{customer}` for one of the customers. */
  body: string;
  /** How many customers take turns. */
  customers: number;
}

/** Customers' numbers have as many digits as real ones. */
const FIRST_CUSTOMER = 48_110_000_000;

/** The body of the request with that number. */
export function bodyOf({ body, customers }: RequestTemplate, index: number): string {
  return body
    .replaceAll('{index}', String(index))
    .replaceAll('{customer}', String(FIRST_CUSTOMER + (index % customers)));
}

/** Throws where a template leads out of this machine. */
export function assertSafe({ url }: RequestTemplate): void {
  assertLoopback(url);
}

import { expect, it } from 'vitest';
import { Ledger } from './ledger.ts';

it('remembers the latest 10,000 requests and forgets older ones', () => {
  const ledger = new Ledger();
  for (let at = 0; at < 10_003; at += 1) {
    ledger.addRequest({ method: 'GET', path: '/', status: 200, at });
  }
  expect(ledger.requests).toHaveLength(10_000);
  expect(ledger.requests[0]?.at).toBe(3);
});

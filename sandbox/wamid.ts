import { randomBytes } from 'node:crypto';

/**
 * A message id as WhatsApp makes them: `wamid.` and base64 of a small binary record with the
 * customer's number in it. Real ids hold `+`, `/` and `=`, so these do too.
 */
export function newWamid(customer: string): string {
  // WhatsApp allows ids of 128 characters; a business-scoped user id alone may be longer.
  const name = Buffer.from(customer.slice(0, 24));
  const nonce = Buffer.from(randomBytes(10).toString('hex').toUpperCase());
  const record = Buffer.concat([
    Buffer.from([0x1c, 0x18, name.length]),
    name,
    Buffer.from([0x15, 0x02, 0x00, 0x12, 0x18, nonce.length]),
    nonce,
    randomBytes(4),
    Buffer.from([0x00]),
  ]);
  return `wamid.${record.toString('base64')}`;
}

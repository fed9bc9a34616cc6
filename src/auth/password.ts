import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';

interface Cost {
  N: number;
  r: number;
  p: number;
}

/**
 * One of OWASP's equivalent scrypt settings, and the one that fits an isolate: 16 MiB and about 100 ms.
 * Workers refuse N*r*p above 2^20 and have 128 MB of memory in all.
 */
const COST: Cost = { N: 2 ** 14, r: 8, p: 5 };

const SALT_BYTES = 16;
const HASH_BYTES = 32;

/** What no password gives: compared with where there is no hash, so that both answers take as long. */
const DUMMY = encode(COST, Buffer.alloc(SALT_BYTES), Buffer.alloc(HASH_BYTES));

/** Returns the salted scrypt hash of a password, with its settings: `scrypt$N$r$p$salt$hash`. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  return encode(COST, salt, await derive(password, salt, COST));
}

/**
 * Whether a password belongs to what `hashPassword` returned. Without a hash (an unknown user, or one
 * who has no password) the answer is no, after the same work.
 */
export async function verifyPassword(password: string, encoded: string | null): Promise<boolean> {
  const [scheme, N, r, p, salt = '', hash = ''] = (encoded ?? DUMMY).split('$');
  if (scheme !== 'scrypt') return false;
  const expected = Buffer.from(hash, 'base64url');
  const cost = { N: Number(N), r: Number(r), p: Number(p) };
  const actual = await derive(password, Buffer.from(salt, 'base64url'), cost);
  const isEqual = expected.length === actual.length && timingSafeEqual(expected, actual);
  return isEqual && encoded !== null;
}

function encode(cost: Cost, salt: Buffer, hash: Buffer): string {
  const { N, r, p } = cost;
  return ['scrypt', N, r, p, salt.toString('base64url'), hash.toString('base64url')].join('$');
}

/** The same password typed on two keyboards may be composed differently: NFKC makes them one. */
async function derive(password: string, salt: Buffer, cost: Cost): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(password.normalize('NFKC'), salt, HASH_BYTES, cost, (error, key) => {
      if (error === null) resolve(key);
      else reject(error);
    });
  });
}

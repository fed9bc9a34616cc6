import { spawnSync } from 'node:child_process';
import { createHmac, timingSafeEqual } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { signAttempt } from './signature.ts';

/** What a receiver has: its secret, three headers and the bytes of the body. */
interface Received {
  secret: string;
  id: string;
  timestamp: string;
  signature: string;
  body: Uint8Array;
}

/** The receiving side in Python, from its standard library alone; exits with 0 where it accepts. */
const PYTHON = `
import base64, hashlib, hmac, json, sys
r = json.load(sys.stdin)
key = base64.b64decode(r["secret"].split("_", 1)[1])
signed = b".".join([r["id"].encode(), r["timestamp"].encode(), base64.b64decode(r["body"])])
want = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
found = [s.split(",", 1) for s in r["signature"].split(" ")]
sys.exit(0 if any(v == "v1" and hmac.compare_digest(s, want) for v, s in found) else 7)
`;

const hasPython = spawnSync('python3', ['--version']).status === 0;

function verifiesInPython({ body, ...text }: Received): boolean {
  const input = JSON.stringify({ ...text, body: Buffer.from(body).toString('base64') });
  const { status, stderr } = spawnSync('python3', ['-c', PYTHON], { input, encoding: 'utf8' });
  if (status !== 0 && status !== 7) throw new Error(`python3 failed: ${stderr}`);
  return status === 0;
}

function verifiesInNode({ secret, id, timestamp, signature, body }: Received): boolean {
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  const signed = Buffer.concat([Buffer.from(`${id}.${timestamp}.`), body]);
  const wanted = createHmac('sha256', key).update(signed).digest();
  return signature.split(' ').some((part) => {
    const given = Buffer.from(part.replace(/^v1,/, ''), 'base64');
    return given.length === wanted.length && timingSafeEqual(given, wanted);
  });
}

/** A machine without Python still has a second implementation to ask. */
const VERIFIERS: [string, (received: Received) => boolean][] = [
  ['node:crypto', verifiesInNode],
  ...(hasPython ? [['Python', verifiesInPython] satisfies [string, typeof verifiesInNode]] : []),
];

const NEW = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const FORMER = 'whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=';
const STRANGER = 'whsec_/////////////////////////////////////////w==';

async function received(body: Uint8Array, secrets: readonly string[]): Promise<Received> {
  const id = '0198c5f2-7f3a-7bd1-9d5e-0d6a0c1b2e3f.12';
  const timestampSeconds = 1_795_000_000;
  const signature = await signAttempt({ secrets, id, timestampSeconds, body });
  return { secret: NEW, id, timestamp: String(timestampSeconds), signature, body };
}

const BODY = new TextEncoder().encode('{"text":"Grüße, 世界 👋 \\u00e9"}');

describe.each(VERIFIERS)('a receiver that verifies with %s', (_name, verifies) => {
  it.each<[string, Uint8Array]>([
    ['text of several scripts', BODY],
    ['bytes that are no UTF-8', new Uint8Array([0x7b, 0xff, 0xfe, 0x00, 0x0d, 0x0a, 0x7d])],
    ['nothing', new Uint8Array()],
  ])('accepts a body of %s', async (_what, body) => {
    expect(verifies(await received(body, [NEW]))).toBe(true);
  });

  it('accepts either secret during a rotation, and no third one', async () => {
    const during = await received(BODY, [NEW, FORMER]);
    expect(verifies(during)).toBe(true);
    expect(verifies({ ...during, secret: FORMER })).toBe(true);
    expect(verifies({ ...during, secret: STRANGER })).toBe(false);
  });

  it.each<[string, Partial<Received>]>([
    ['body', { body: BODY.with(3, 0x21) }],
    ['id', { id: 'another.12' }],
    ['time', { timestamp: '1795000001' }],
    ['secret', { secret: FORMER }],
  ])('refuses another %s', async (_part, change) => {
    expect(verifies({ ...(await received(BODY, [NEW])), ...change })).toBe(false);
  });
});

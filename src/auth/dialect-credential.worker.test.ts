import { sql } from 'drizzle-orm';
import { beforeEach, describe, expect, it } from 'vitest';
import { clearInbox, seedUser, stack } from '../inbox/seed.test-support.ts';
import {
  type CredentialScope,
  findByCredential,
  issueCredential,
  signingSecret,
} from './dialect-credential.ts';
import { resetToken } from './token.ts';
import type { User } from './user.ts';

const { db } = stack;
const NOW_S = 1_800_000_000;
const ACCESS = { purpose: 'qontak:access', expiresAt: NOW_S + 60 } satisfies CredentialScope;
let ann: User;

beforeEach(async () => {
  await clearInbox();
  ann = await seedUser('ann');
});

async function holder(credential: string, now = NOW_S): Promise<number | undefined> {
  return (await findByCredential(stack, 'qontak:access', credential, now))?.user.id;
}

describe('a credential of a dialect', () => {
  it('says whose it is, to what it is bound and until when, and costs no row', async () => {
    const before = await db.all(sql`select * from users`);
    const scope: CredentialScope = { purpose: 'chattu:client', subject: 'shop \u05d0.1' };
    const key = await issueCredential(stack, ann.id, scope);
    expect(key).toMatch(/^[\w.-]+$/);
    expect(await issueCredential(stack, ann.id, scope)).toBe(key);
    expect(await findByCredential(stack, 'chattu:client', key, NOW_S)).toMatchObject({
      user: { id: ann.id },
      subject: 'shop \u05d0.1',
      expiresAt: undefined,
    });
    expect(await db.all(sql`select * from users`)).toEqual(before);
  });

  it('is of use for its one purpose', async () => {
    const access = await issueCredential(stack, ann.id, ACCESS);
    expect(await holder(access)).toBe(ann.id);
    expect(await findByCredential(stack, 'qontak:refresh', access, NOW_S)).toBeUndefined();
    const secret = await signingSecret(stack, ann.id, 'qontak:gateway');
    expect(secret).toMatch(/^[0-9a-f]{40}$/);
    expect(access).not.toContain(secret);
  });

  it('is over when its time is', async () => {
    const access = await issueCredential(stack, ann.id, ACCESS);
    expect(await holder(access, NOW_S + 59)).toBe(ann.id);
    expect(await holder(access, NOW_S + 60)).toBeUndefined();
  });

  it("dies when the user's token is reset, and when the user is deactivated", async () => {
    const access = await issueCredential(stack, ann.id, ACCESS);
    await resetToken(stack, ann.id);
    expect(await holder(access)).toBeUndefined();
    const next = await issueCredential(stack, ann.id, ACCESS);
    expect(await holder(next)).toBe(ann.id);
    await db.run(sql`update users set is_active = 0 where id = ${ann.id}`);
    expect(await holder(next)).toBeUndefined();
    await expect(issueCredential(stack, ann.id, ACCESS)).rejects.toThrow('Not found.');
  });

  it('cannot be changed, stretched or made for somebody else', async () => {
    const ben = await seedUser('ben');
    const access = await issueCredential(stack, ann.id, ACCESS);
    const [id = '', end = '', subject = '', mac = ''] = access.split('.');
    const later = (NOW_S + 9_999).toString(36);
    const others = [
      [ben.id.toString(36), end, subject, mac],
      [id, later, subject, mac],
      [id, '', subject, mac],
      [id, end, 'c2hvcA', mac],
      [id, end, subject, mac.replace(/^./, (digit) => (digit === '0' ? '1' : '0'))],
      [id, end, mac],
      ['zzzzzzzzzzz', end, subject, mac],
    ];
    for (const parts of others) expect(await holder(parts.join('.'))).toBeUndefined();
    for (const text of ['', 'x'.repeat(10_000), '...']) expect(await holder(text)).toBeUndefined();
  });
});

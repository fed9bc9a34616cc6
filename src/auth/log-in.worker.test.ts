import { sql } from 'drizzle-orm';
import { beforeEach, describe, expect, it } from 'vitest';
import { clearInbox, seedUser, stack } from '../inbox/seed.test-support.ts';
import { logIn } from './log-in.ts';
import { guarded } from './login-guard.ts';
import { hashPassword } from './password.ts';

const { db } = stack;
const PASSWORD = 'correct horse battery';

async function seed(username: string, email: string, password = PASSWORD): Promise<number> {
  const { id } = await seedUser(username);
  const hash = await hashPassword(password);
  await db.run(sql`update users set email = ${email}, password_hash = ${hash} where id = ${id}`);
  return id;
}

function byEmail(username: string, password = PASSWORD): Promise<number | undefined> {
  return logIn(stack, { username, byEmail: true, password, address: '192.0.2.9' });
}

beforeEach(async () => {
  await clearInbox();
  await db.run(sql`delete from login_counts`);
});

describe('signing in by e-mail', () => {
  it('takes the address of one active user in any case, and the username still', async () => {
    const ann = await seed('ann', 'ann@example.com');
    expect(await byEmail('Ann@Example.com')).toBe(ann);
    expect(await byEmail('ann')).toBe(ann);
    expect(await byEmail('ann@example.com', 'wrong password')).toBeUndefined();
  });

  it('takes no address that two active users share', async () => {
    await seed('ann', 'office@example.com');
    const ben = await seed('ben', 'office@example.com', 'another good password');
    expect(await byEmail('office@example.com')).toBeUndefined();
    await db.run(sql`update users set is_active = 0 where id = ${ben}`);
    expect(await byEmail('office@example.com')).toBeDefined();
  });

  it('takes none where it is not asked for, and none that is empty', async () => {
    await seed('ann', '');
    await seed('ben', 'ben@example.com');
    const plain = { password: PASSWORD, address: '192.0.2.9' };
    expect(await logIn(stack, { ...plain, username: 'ben@example.com' })).toBeUndefined();
    expect(await byEmail('')).toBeUndefined();
  });

  it('prefers whose username the address is', async () => {
    const named = await seed('cy@example.com', '');
    await seed('dan', 'cy@example.com', 'another good password');
    expect(await byEmail('cy@example.com')).toBe(named);
  });

  it('has an end for guesses, which count as those at the username do', async () => {
    await seed('ann', 'ann@example.com');
    // Without the hash of each password, which takes half a second.
    const atUsername = { username: 'ann', address: '192.0.2.9' };
    for (let guess = 0; guess < 9; guess += 1)
      await guarded(stack, atUsername, () => Promise.resolve(undefined));
    expect(await byEmail('ann@example.com', 'wrong password')).toBeUndefined();
    await expect(byEmail('ann@example.com')).rejects.toMatchObject({ code: 'throttled' });
  });
});

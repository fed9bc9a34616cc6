import { env } from 'cloudflare:workers';
import { sql } from 'drizzle-orm';
import { beforeEach, describe, expect, it } from 'vitest';
import { openStack, type StackContext } from '../store/open-stack.ts';
import { ensureFirstAdmin } from './first-admin.ts';

const { db } = openStack(env, 'default');

beforeEach(() => db.batch([sql`delete from users`, sql`delete from user_groups`]));

/** A stack of its own, as an isolate that has not looked yet has it. */
function fresh(changes: Partial<StackContext['config']>): StackContext {
  const stack = openStack(env, 'default');
  return { ...stack, config: { ...stack.config, ...changes } };
}

describe('the first admin', () => {
  it.each(['x', 'admin', '12345678'])(
    'of a deployment is not made with the password %s',
    async (adminPassword) => {
      const deployed = fresh({ allowPrivateTargets: false, adminPassword });
      await expect(ensureFirstAdmin(deployed)).rejects.toThrow(/ADMIN_PASSWORD.*This password is/);
      expect(await db.all(sql`select 1 from users`)).toEqual([]);
    },
  );

  it('of a deployment is made with one that a user may choose, and any will do where one exists', async () => {
    const good = { allowPrivateTargets: false, adminPassword: 'rabbit-hole-7' };
    await ensureFirstAdmin(fresh(good));
    await ensureFirstAdmin(fresh({ ...good, adminPassword: 'x' }));
    expect(await db.all(sql`select username from users`)).toEqual([{ username: 'admin' }]);
  });

  it("on one's own machine may have any password", async () => {
    await ensureFirstAdmin(fresh({ allowPrivateTargets: true, adminPassword: 'x' }));
    expect(await db.all(sql`select username from users`)).toHaveLength(1);
  });
});

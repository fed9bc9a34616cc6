import { sql } from 'drizzle-orm';
import { expect, it } from 'vitest';
import { stack } from '../../inbox/seed.test-support.ts';
import { rarePruneSteps, runSteps } from './prune.ts';

const { db } = stack;

it('removes sessions and counts of failed logins when their time is over, and no others', async () => {
  for (const ends of [100, 200, 300]) {
    await db.run(sql`insert into sessions (id_hash, user_id, mark, expires_at)
      values (${`h${ends}`}, 1, 'm', ${ends})`);
    await db.run(
      sql`insert into login_counts (bucket, count, ends_at) values (${ends}, 1, ${ends})`,
    );
  }
  const { removed } = await runSteps(rarePruneSteps(stack), 200);
  expect(Object.fromEntries(removed)).toEqual({ sessions: 2, login_counts: 2 });
  expect(await db.all(sql`select id_hash from sessions`)).toEqual([{ id_hash: 'h300' }]);
  expect(await db.all(sql`select bucket from login_counts`)).toEqual([{ bucket: 300 }]);
});

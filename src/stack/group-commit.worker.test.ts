import { env } from 'cloudflare:workers';
import { sql, type SQL } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openStack } from '../store/open-stack.ts';
import { GroupCommit } from './group-commit.ts';

const { db } = openStack(env, 'default');

beforeEach(async () => {
  await db.run(sql`create table things (id integer primary key)`);
});

afterEach(async () => {
  vi.restoreAllMocks();
  await db.run(sql`drop table things`);
});

const insert = (id: number): SQL => sql`insert into things values (${id}) returning id`;

async function ids(): Promise<number[]> {
  return (await db.all<{ id: number }>(sql`select id from things order by id`)).map(({ id }) => id);
}

describe('batches that come at once', () => {
  it('share a round trip after the first, and each gets its own rows', async () => {
    const batches = vi.spyOn(db, 'batch');
    const commits = new GroupCommit(db);
    const results = await Promise.all(
      [1, 3, 5].map((id) => commits.batch([insert(id), insert(id + 1)])),
    );
    expect(results).toEqual([1, 3, 5].map((id) => [[{ id }], [{ id: id + 1 }]]));
    expect(batches).toHaveBeenCalledTimes(2);
  });

  it('are each all or nothing: one that fails takes no other with it', async () => {
    const commits = new GroupCommit(db);
    const [first, second, third, fourth] = await Promise.allSettled([
      commits.batch([insert(1)]),
      commits.batch([insert(2)]),
      commits.batch([insert(3), insert(1)]),
      commits.batch([insert(4)]),
    ]);
    expect([first.status, second.status, third.status, fourth.status]).toEqual([
      'fulfilled',
      'fulfilled',
      'rejected',
      'fulfilled',
    ]);
    expect(await ids()).toEqual([1, 2, 4]);
  });

  it('all fail where storage is away, and are not tried again: they may have happened', async () => {
    const away = new Error('D1_ERROR: Network connection lost.');
    const batches = vi.spyOn(db, 'batch').mockRejectedValue(away);
    const commits = new GroupCommit(db);
    const results = await Promise.allSettled([1, 2, 3].map((id) => commits.batch([insert(id)])));
    expect(results).toEqual(results.map(() => ({ status: 'rejected', reason: away })));
    expect(batches).toHaveBeenCalledTimes(2);
  });
});

import { sql } from 'drizzle-orm';
import { beforeEach, describe, expect, it } from 'vitest';
import type { User } from '../../auth/user.ts';
import { clearInbox, seedMessages, seedUser, stack } from '../seed.test-support.ts';
import { markUpTo } from './marks.ts';
import { unreadChatsOf } from './unread-view.ts';

const { db } = stack;

let me: User;

async function unread(): Promise<string[] | undefined> {
  const numbers = await unreadChatsOf(db, me.id);
  if (numbers === undefined) return undefined;
  const rows = await db.all<{ wa_id: string }>(sql`select wa_id from chats
    where n in (select value from json_each(${JSON.stringify(numbers)})) order by wa_id`);
  return rows.map((row) => row.wa_id);
}

async function hear(...chats: string[]): Promise<void> {
  await seedMessages(chats.map((chat) => ({ chat, timestamp: 1 })));
}

beforeEach(async () => {
  await clearInbox();
  me = await seedUser('me');
});

describe('the unread chats of a user', () => {
  it('come with messages and go with marks', async () => {
    expect(await unread()).toEqual([]);
    await hear('a', 'b', 'b');
    expect(await unread()).toEqual(['a', 'b']);
    await db.run(markUpTo(me.id, 'a', 1));
    await db.run(markUpTo(me.id, 'b', 1));
    expect(await unread()).toEqual(['b']);
    await hear('a', 'c');
    expect(await unread()).toEqual(['a', 'b', 'c']);
  });

  it('are not those that we wrote to', async () => {
    await seedMessages([{ chat: 'a', timestamp: 1, fromUs: true }]);
    expect(await unread()).toEqual([]);
  });

  it('are found where nobody asked for long', async () => {
    await hear('old', 'old');
    expect(await unread()).toEqual(['old']);
    await hear(...Array.from({ length: 5_100 }, () => 'busy'));
    expect(await unread()).toEqual(['busy', 'old']);
  });

  it('are looked for a few hundred at a time, the newest chats first', async () => {
    await seedMessages([{ chat: 'old', timestamp: 0 }]);
    await hear(...Array.from({ length: 1_200 }, (_, index) => `c${index}`));
    await db.run(sql`insert into marks (user_id, chat, ordinal)
      select ${me.id}, wa_id, 1 from chats where wa_id not in ('old', 'c1199')`);
    expect(await unread()).toEqual(['c1199']);
    await hear('c7');
    expect(await unread()).toEqual(['c1199', 'c7']);
    expect(await unread()).toEqual(['c1199', 'c7', 'old']);
    await db.run(markUpTo(me.id, 'c7', 2));
    expect(await unread()).toEqual(['c1199', 'old']);
  });

  it('are found where the number of a removed message was given out again', async () => {
    await hear('a', 'b');
    expect(await unread()).toEqual(['a', 'b']);
    await db.run(sql`insert or replace into counters (name, value)
      select 'removed_message', max(n) from messages`);
    await db.run(sql`delete from messages where chat = 'b'`);
    await db.run(sql`delete from chats where wa_id = 'b'`);
    await hear('c');
    expect(await unread()).toEqual(['a', 'c']);
  });

  it('are not kept where there are more than a thousand', async () => {
    await hear(...Array.from({ length: 1_001 }, (_, index) => `c${index}`));
    await unread();
    await unread();
    expect(await unread()).toBeUndefined();
    expect(await unread()).toBeUndefined();
  });

  it('cost no written row as long as nothing changes', async () => {
    await hear('a');
    await unread();
    await db.run(sql`update unread_views set through_n = 1`);
    await hear('a', 'a');
    await unread();
    expect(await db.first(sql`select through_n, chats from unread_views`)).toMatchObject({
      through_n: 1,
    });
  });
});

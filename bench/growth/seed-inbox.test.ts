import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { beforeAll, describe, expect, it } from 'vitest';
import { sqlite } from '../../scripts/local/sqlite.ts';
import { LONG_CHAT, LONG_CHAT_MESSAGES, seedInbox } from './seed-inbox.ts';
import { COMMON_WORD, RARE_WORD } from './seed-text.ts';

const MIGRATIONS = join(import.meta.dirname, '..', '..', 'migrations');
const SIZE = { chats: 500, messages: 1_500 };

/** A database with the product's tables and nothing in them. */
function emptyDatabase(): DatabaseSync {
  const db = new (sqlite().DatabaseSync)(':memory:');
  for (const name of readdirSync(MIGRATIONS)
    .filter((file) => file.endsWith('.sql'))
    .sort())
    db.exec(readFileSync(join(MIGRATIONS, name), 'utf8'));
  return db;
}

function seeded(): DatabaseSync {
  const db = emptyDatabase();
  seedInbox(db, SIZE, { userId: 1, groupId: 1 });
  return db;
}

let db: DatabaseSync;

beforeAll(() => {
  db = seeded();
});

function one(query: string): unknown {
  return Object.values(db.prepare(query).get() ?? {})[0];
}

describe('the inbox that growth is measured in', () => {
  it('has as many chats and messages as it was asked for, and counts them', () => {
    expect(one('select count(*) from chats')).toBe(SIZE.chats);
    expect(one('select count(*) from messages')).toBe(SIZE.messages);
    expect(one(`select value from counters where name = 'messages'`)).toBe(SIZE.messages);
  });

  it('has one chat of the same length at every size', () => {
    expect(one(`select message_count from chats where wa_id = '${LONG_CHAT}'`)).toBe(
      LONG_CHAT_MESSAGES,
    );
  });

  it('has chats that say what their messages say', () => {
    expect(
      one(`select count(*) from chats c where exists (select 1 from messages where chat = c.wa_id)
        and (c.message_count, c.inbound_count, c.last_message) is not
          (select count(*), count(ordinal), max(timestamp) from messages where chat = c.wa_id)`),
    ).toBe(0);
  });

  it('has a rare word, and one that nearly every message has', () => {
    const found = (word: string): unknown =>
      one(`select count(*) from messages_search where messages_search match '"${word}"'`);
    expect(found(RARE_WORD)).toBe(5);
    expect(found(COMMON_WORD)).toBe(1_200);
  });

  it('is the same every time', () => {
    const rows = (table: string): unknown[][] =>
      [db, seeded()].map((each) => each.prepare(`select * from ${table}`).all());
    for (const table of ['chats', 'messages', 'marks']) {
      const [first, second] = rows(table);
      expect(second).toEqual(first);
    }
  });
});

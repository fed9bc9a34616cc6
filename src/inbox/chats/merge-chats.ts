import { sql, type SQL } from 'drizzle-orm';
import { readJson } from '../../store/database.ts';
import type { ChatRow } from './person.ts';

/** What a column holds where two chats become one, as code and as SQL: by the chat that stays and the one that goes. */
interface Rule {
  code(stays: number | null, goes: number | null): number | null;
  sql(stays: SQL, goes: SQL): SQL;
}

const newest: Rule = {
  code: (stays, goes) => latest([stays, goes]),
  sql: (stays, goes) => sql`max(coalesce(${stays}, ${goes}), coalesce(${goes}, ${stays}))`,
};

const oldest: Rule = {
  code: (stays, goes) => earliest([stays, goes]),
  sql: (stays, goes) => sql`min(coalesce(${stays}, ${goes}), coalesce(${goes}, ${stays}))`,
};

const firstKnown: Rule = {
  code: (stays, goes) => stays ?? goes,
  sql: (stays, goes) => sql`coalesce(${stays}, ${goes})`,
};

const RULES = {
  last_incoming: newest,
  last_message: newest,
  first_message: oldest,
  last_referral: newest,
  assigned_user_id: firstKnown,
  assigned_group_id: firstKnown,
  blocked_at: firstKnown,
  reported_at: firstKnown,
} as const satisfies Partial<Record<keyof ChatRow, Rule>>;

type RuledColumn = keyof typeof RULES;

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- an object's own keys, as it is written above
const COLUMNS = Object.keys(RULES) as RuledColumn[];

/**
 * What the chat under `key` knows once others have moved there, as `moveChats` writes it: the first
 * row is the one that stays, and what it does not know comes from the others. Its counters and its
 * user id are left as they are.
 */
export function mergeChats(key: string, first: ChatRow, others: readonly ChatRow[]): ChatRow {
  const merged = others.reduce(mergeTwo, first);
  return { ...merged, wa_id: key, contact: withKey(merged.contact, key) };
}

function mergeTwo(stays: ChatRow, goes: ChatRow): ChatRow {
  const ruled = Object.fromEntries(
    COLUMNS.map((column) => [column, RULES[column].code(stays[column], goes[column])]),
  );
  const { name, contact } = stays.name === '' ? goes : stays;
  const isNewer = (goes.last_referral ?? 0) > (stays.last_referral ?? 0);
  return {
    ...stays,
    ...ruled,
    name,
    contact,
    referral_id: isNewer ? goes.referral_id : stays.referral_id,
    // What is left to do in one of them is left to do.
    resolved: Math.min(stays.resolved, goes.resolved),
  };
}

/** The assignments that merge a chat `f` into a row of `chats`, as `mergeChats` does, its counters too. */
export function mergedColumns(): SQL {
  const ruled = COLUMNS.map((name) => {
    const column = sql.raw(name);
    return sql`${column} = ${RULES[name].sql(sql`chats.${column}`, sql`f.${column}`)}`;
  });
  const others = sql`
    inbound_count = chats.inbound_count + f.inbound_count,
    message_count = chats.message_count + f.message_count,
    name = iif(chats.name = '', f.name, chats.name),
    contact = iif(chats.name = '', json_set(f.contact, '$.wa_id', chats.wa_id), chats.contact),
    referral_id = iif(coalesce(f.last_referral, 0) > coalesce(chats.last_referral, 0), f.referral_id, chats.referral_id),
    resolved = min(chats.resolved, f.resolved)`;
  return sql.join([others, ...ruled], sql`, `);
}

/** The oldest of timestamps, some of which may be unknown; null where all are. */
export function earliest(timestamps: readonly (number | null | undefined)[]): number | null {
  const known = timestamps.filter((timestamp) => typeof timestamp === 'number');
  return known.length === 0 ? null : known.reduce((a, b) => Math.min(a, b));
}

/** The newest of timestamps, some of which may be unknown; null where all are. */
export function latest(timestamps: readonly (number | null | undefined)[]): number | null {
  const known = timestamps.filter((timestamp) => typeof timestamp === 'number');
  return known.length === 0 ? null : known.reduce((a, b) => Math.max(a, b));
}

function withKey(contact: string, key: string): string {
  return JSON.stringify({ ...readJson<object>(contact), wa_id: key });
}

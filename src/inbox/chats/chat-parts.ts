import { sql, type SQL } from 'drizzle-orm';
import { jsonList } from '../../store/database.ts';
import type { Referral } from '../../waba/referral.ts';
import { isIn, readPhrase } from '../messages/phrase.ts';
import { readableChats } from '../permissions.ts';
import { isTagged, TAGGED_NEWEST_FIRST, taggedChats, taggings } from '../tags/tag-conditions.ts';
import type { ChatFilter } from './chat-filter.ts';
import {
  CHATS_LOOKED_AT,
  type ChatSource,
  NEWEST_FIRST,
  newestChats,
  type TimeRange,
  within,
} from './newest-chats.ts';
import { isUnread } from './unread-view.ts';

/** Ads and posts are few; of more than these only the newest are looked at. */
const MAX_REFERRALS = 1_000;

/** One thing that a filter asks for. */
export interface ChatPart {
  /** Over the alias `c` of `chats`. */
  condition: SQL;
  /** What passes, by an index; undefined where there is none. */
  source?: ChatSource;
  /** The same where there is more of it than is looked at. Undefined: `source`. */
  sourceOfMany?: ChatSource;
  /** What counts it with a read each, as what follows `select …`; undefined where `source` does. */
  counted?: (range: TimeRange) => SQL;
}

/** All that a filter asks for, the rarer things first. `unread` has the unread chats where they are known. */
export function partsOf(filter: ChatFilter, unread?: readonly number[]): ChatPart[] {
  const { user, assigned, tagId, referral } = filter;
  const parts = [
    assigned?.userId !== undefined && ofUser(assigned.userId),
    tagId !== undefined && ofTag(tagId),
    referral !== undefined && {
      condition: hasReferral(referral),
      source: chatsOfReferral(referral),
      counted: passing(hasReferral(referral)),
    },
    filter.isBlocked && alone(sql`c.blocked_at is not null`),
    filter.isReported && alone(sql`c.reported_at is not null`),
    assigned?.groupId !== undefined && alone(sql`c.assigned_group_id = ${assigned.groupId}`),
    user.canReadChats !== 'all' && readable(filter),
    ...timeParts(filter),
    filter.isUnread && ofUnread(user.id, unread),
  ];
  return parts.filter((part) => typeof part === 'object');
}

/** A part that one index in the order of the list serves. */
function alone(condition: SQL): ChatPart {
  return {
    condition,
    source: (limit, range) => newestChats(condition, limit, range),
    counted: passing(condition),
  };
}

function passing(condition: SQL): (range: TimeRange) => SQL {
  return (range) => sql`from chats c where ${condition} and ${within(range, sql`c.last_message`)}`;
}

function ofUser(userId: number): ChatPart {
  return alone(sql`c.assigned_user_id = ${userId}`);
}

function ofTag(tagId: number): ChatPart {
  return {
    condition: isTagged(tagId),
    source: (limit, range) => sql`select c.n from ${taggedChats(tagId)}
      where ${within(range, sql`g.last_message`)} ${TAGGED_NEWEST_FIRST} limit ${limit}`,
    counted: (range) => sql`from ${taggings(tagId)} and ${within(range, sql`g.last_message`)}`,
  };
}

/** Nobody is in many groups: the newest chats of each are few. */
function readable({ user }: ChatFilter): ChatPart {
  const condition = readableChats(user);
  if (user.canReadChats === 'user') return ofUser(user.id);
  if (user.canReadChats !== 'group') return alone(condition);
  const groups = jsonList(user.groups.map((group) => group.id));
  const isMine = sql`c.assigned_user_id = ${user.id}`;
  return {
    condition,
    source: (limit, range) => sql`
      select n from (${newestChats(isMine, limit, range)})
      union all select one.n from json_each(${groups}) mine cross join chats one on one.n in (
        ${newestChats(sql`c.assigned_group_id = mine.value`, limit, range)})
        and one.assigned_user_id is not ${user.id}`,
    counted: (range) => sql`from (
      select 1 ${passing(isMine)(range)}
      union all select 1 from json_each(${groups}) mine
        cross join chats c on c.assigned_group_id = mine.value and c.assigned_user_id is not ${user.id}
        where ${within(range, sql`c.last_message`)})`,
  };
}

/**
 * A chat has a message of a time or later exactly if its last one is, which the order of the lists
 * serves; one before a time exactly if its first one is.
 */
function timeParts({ sinceTime, beforeTime }: ChatFilter): ChatPart[] {
  if (beforeTime === undefined) return [];
  const before = begunBefore(beforeTime);
  if (sinceTime === undefined) return [before];
  const between = sql`exists (select 1 from messages m where m.chat = c.wa_id and m.from_us in (0, 1)
    and m.timestamp >= ${sinceTime} and m.timestamp < ${beforeTime})`;
  return [before, { condition: between }];
}

/**
 * The chats that began before a time are not in the order of the list in any index. Where they are not
 * few, those that ended before it, too, are: they all pass. Before them come those that went on, which are
 * looked for among the newest chats.
 */
function begunBefore(time: number): ChatPart {
  const condition = sql`c.first_message < ${time}`;
  return {
    condition,
    source: (limit, range) => sql`select c.n from chats c
      where ${condition} and ${isLastIn(range)} limit ${Math.max(limit, CHATS_LOOKED_AT)}`,
    sourceOfMany: (limit, range) => sql`select n from (
        select n from (
          select c.n, c.first_message from chats c
          where ${within({ ...range, from: Math.max(time, range.from ?? 0) }, sql`c.last_message`)}
          order by c.last_message desc, c.wa_id desc limit ${Math.max(limit, CHATS_LOOKED_AT)}
        ) where first_message < ${time} limit ${limit}
      ) union all select n from (
        ${newestChats(sql`true`, limit, { ...range, until: Math.min(time, range.until ?? time) })})`,
    counted: (range) => sql`from chats c where ${condition} and ${isLastIn(range)}`,
  };
}

/** Whoever has a first message has a last one: only a later beginning of the range says something. */
function isLastIn({ from, until }: TimeRange): SQL {
  return within({ from: from === 0 ? undefined : from, until }, sql`+c.last_message`);
}

function ofUnread(userId: number, unread: readonly number[] | undefined): ChatPart {
  const condition = isUnread(userId);
  // Too many to be kept: of the newest chats some are unread soon.
  if (unread === undefined) return { condition };
  const known = sql`c.n in (select value from json_each(${jsonList(unread)})) and ${condition}`;
  return { condition, source: (limit, range) => newestChats(known, limit, range) };
}

/** The chats whose customers came from what a filter says, as a condition over the alias `c` of `chats`. */
function hasReferral(referral: Referral): SQL {
  if (Object.keys(referral).length === 0) return sql`c.referral_id is not null`;
  return sql`c.referral_id in (${referrals(referral)})`;
}

/**
 * The newest of those chats. Each referral's chats are in order in the index; a recursive query takes
 * the newest of all and puts the next one of the same referral in its place, so that it reads two rows
 * a chat and one a referral.
 */
function chatsOfReferral(referral: Referral): ChatSource {
  return (limit, range) => sql`
    with recursive merged(referral, last_message, wa_id, n) as (
      select r.id, c.last_message, c.wa_id, c.n from (${referrals(referral)}) r
        cross join chats c on c.n = (
          select c.n from chats c where c.referral_id = r.id and ${within(range, sql`c.last_message`)}
          ${NEWEST_FIRST} limit 1)
      union all
      select merged.referral, c.last_message, c.wa_id, c.n from merged
        cross join chats c on c.n = (
          select c.n from chats c where c.referral_id = merged.referral
            and c.last_message <= merged.last_message
            and (c.last_message, c.wa_id) < (merged.last_message, merged.wa_id)
            and ${within(range, sql`c.last_message`)} ${NEWEST_FIRST} limit 1)
      order by 2 desc, 3 desc limit ${limit}
    ) select n from merged`;
}

/** A URL is found by a piece of it, all else by the whole (spec: listChats). */
function referrals(referral: Referral): SQL {
  const { source_url: url, ...exact } = referral;
  const conditions = Object.entries(exact).map(
    ([field, value]) => sql`${sql.identifier(field)} = ${value}`,
  );
  const phrase = readPhrase(url);
  if (phrase !== undefined) conditions.push(isIn(phrase, sql`source_url`));
  const all = conditions.length === 0 ? sql`true` : sql.join(conditions, sql` and `);
  return sql`select id from referrals where ${all} order by id desc limit ${MAX_REFERRALS}`;
}

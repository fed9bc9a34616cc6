import { sql, type SQL } from 'drizzle-orm';
import type { Referral } from '../../waba/referral.ts';
import { isIn, readPhrase } from '../messages/phrase.ts';
import { NEWEST_FIRST, within, type ChatSource } from './newest-chats.ts';

/** Ads and posts are few; of more than these only the newest are looked at. */
const MAX_REFERRALS = 1_000;

/** The chats whose customers came from what a filter says, as a condition over the alias `c` of `chats`. */
export function hasReferral(referral: Referral): SQL {
  if (Object.keys(referral).length === 0) return sql`c.referral_id is not null`;
  return sql`c.referral_id in (${referrals(referral)})`;
}

/**
 * The newest of those chats. Each referral's chats are in order in the index; a recursive query takes
 * the newest of all and puts the next one of the same referral in its place, so that it reads two rows
 * a chat and one a referral.
 */
export function chatsOfReferral(referral: Referral): ChatSource {
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

import { sql, type SQL } from 'drizzle-orm';
import { jsonChunks } from '../../store/database.ts';
import { type Referral, REFERRAL_FIELDS } from '../../waba/referral.ts';

/** What a customer's messages say of where they came from; of several that name a field, the last one's value. */
export interface ChatReferral {
  /** Seconds; of the last message that has a referral. */
  at: number;
  values: Referral;
}

/**
 * The statements that say of chats what their customers came from, where the body has new word of it;
 * none for most bodies. A field that the newer word does not name keeps its value (spec: listChats,
 * "the last such Message"). The chats must be there. Two rows for a chat, and one for each set of
 * values that is new.
 */
export function recordReferrals(
  chats: readonly { waId: string; referral: ChatReferral | undefined }[],
): SQL[] {
  const told = chats.flatMap(({ waId, referral }) =>
    referral === undefined ? [] : [{ waId, ...referral }],
  );
  return jsonChunks(told).flatMap((json) => [
    sql`insert or ignore into referrals (key, source_url, source_id, source_type, headline, body, media_type)
        select json_array(${VALUES}), ${VALUES} ${from(json)}`,
    sql`update chats set referral_id = found.id,
          last_referral = max(coalesce(chats.last_referral, 0), found.at)
        from (select c.n, j.value->>'at' as at,
                (select id from referrals where key = json_array(${VALUES})) as id
              ${from(json)} where c.n is not null) found
        where chats.n = found.n`,
  ]);
}

function from(json: SQL): SQL {
  return sql`from json_each(${json}) j left join chats c on c.wa_id = j.value->>'waId'
    left join referrals r on r.id = c.referral_id`;
}

/** Of what is known and what is told the newer one counts; messages may come late. */
const VALUES = sql.raw(
  REFERRAL_FIELDS.map((field) => {
    const told = `j.value->'values'->>'${field}'`;
    return `iif(c.last_referral > j.value->>'at', coalesce(r.${field}, ${told}), coalesce(${told}, r.${field}))`;
  }).join(', '),
);

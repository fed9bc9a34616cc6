import { sql } from 'drizzle-orm';
import type { StackContext } from '../../store/open-stack.ts';
import { business_profile, events } from '../../store/schema.ts';
import { accountClient } from '../../waba/account-client.ts';
import { isRecord, listOf, textOf } from '../../waba/json-record.ts';
import { findProfile, writeProfile } from './load-profile.ts';

/** How many of the newest events are looked at: nearly every body names the number. */
const MAX_EVENTS = 20;

/** The number of this inbox, as the API shows it (spec: listWhatsAppAccounts). */
export interface WhatsAppAccount {
  phone_number: string;
  /** Whether it is the number that this stack serves. */
  this_instance: boolean;
}

/** Lists the number of this stack; nothing while neither WABA nor a webhook has named it. */
export async function listAccounts({ db }: Pick<StackContext, 'db'>): Promise<WhatsAppAccount[]> {
  const row = await findProfile(db);
  const number = row?.phone_number ?? (await numberInEvents({ db }));
  return number === undefined ? [] : [{ phone_number: number, this_instance: true }];
}

/**
 * Keeps the number of this stack, once a webhook has named it or WABA names only one. Never throws for
 * what WABA answers: the number is good to know, and no more.
 */
export async function learnNumber(stack: Pick<StackContext, 'db' | 'config'>): Promise<void> {
  const row = await findProfile(stack.db);
  const number = (await numberInEvents(stack)) ?? row?.phone_number ?? (await askNumber(stack));
  if (number === undefined || number === row?.phone_number) return;
  await stack.db.run(writeProfile({ phone_number: number }));
}

/**
 * Every body that WABA sends of messages and statuses says which of its numbers they are for; once ours is
 * known by its id, that of another is not taken for it.
 */
async function numberInEvents({ db }: Pick<StackContext, 'db'>): Promise<string | undefined> {
  const row = await db.first<{ number: string }>(sql`
    select number from (
      select seq, body ->> '$.entry[0].changes[0].value.metadata.display_phone_number' as number,
        body ->> '$.entry[0].changes[0].value.metadata.phone_number_id' as id
      from (select seq, body from ${events} where kind = 'waba' and json_valid(body)
        order by seq desc limit ${MAX_EVENTS})
    ) where number is not null
      and id is coalesce((select ${business_profile.phone_number_id} from ${business_profile} where ${business_profile.id} = 1), id)
    order by seq desc limit 1`);
  return digitsOf(row?.number);
}

async function askNumber({ config }: Pick<StackContext, 'config'>): Promise<string | undefined> {
  const result = await accountClient(config).numbers();
  const body = result.kind === 'answered' && isRecord(result.body) ? result.body : {};
  const [number, ...others] = listOf(body['phone_numbers']);
  return others.length > 0 ? undefined : digitsOf(textOf(number));
}

/** Webhooks have digits; 360dialog's other answers have a plus sign and spaces. */
function digitsOf(number: string | undefined): string | undefined {
  const digits = (number ?? '').replaceAll(/\D/g, '');
  return digits.length < 5 ? undefined : digits;
}

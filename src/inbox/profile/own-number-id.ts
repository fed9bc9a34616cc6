import { sql, type SQL } from 'drizzle-orm';
import { sha256Hex } from '../../auth/digest.ts';
import type { StackConfig } from '../../config.ts';
import type { StackContext } from '../../store/open-stack.ts';
import { business_profile } from '../../store/schema.ts';
import { accountClient } from '../../waba/account-client.ts';
import { idOf, isRecord, listOf } from '../../waba/json-record.ts';
import { writeProfile } from './load-profile.ts';

/** WhatsApp's id of this inbox's number, as WABA has named it. */
export interface OwnNumberId {
  id: string;
  /** 0 where it was named to another key, so that it may be another number's. */
  is_current: number;
}

/** Selects the id of this inbox's number; no row while WABA has not named it. */
export function selectOwnNumberId(config: StackConfig): SQL {
  const id = config.meta?.phoneNumberId;
  if (id !== undefined) return sql`select ${id} as id, 1 as is_current`;
  return sql`select phone_number_id as id, phone_number_access is ${accessOf(config)} as is_current
    from ${business_profile} where id = 1 and phone_number_id is not null`;
}

/**
 * Asks WABA which number the key belongs to, and keeps its id. Never throws for what WABA answers: what
 * it said last to this key stays good.
 */
export async function learnNumberId({
  db,
  config,
}: Pick<StackContext, 'db' | 'config'>): Promise<void> {
  const result = await accountClient(config).health();
  if (result.kind !== 'answered' || result.status < 200 || result.status >= 300) return;
  await keepNumberId({ db, config }, result.body);
}

/** Keeps the id that WABA's answer of its health names; none where it names none, or several. */
export async function keepNumberId(
  { db, config }: Pick<StackContext, 'db' | 'config'>,
  answer: unknown,
): Promise<void> {
  const columns = {
    phone_number_id: numberIdIn(answer),
    phone_number_access: accessOf(config),
  };
  const isKnown = sql`exists (select 1 from ${business_profile} where ${business_profile.id} = 1
    and ${business_profile.phone_number_id} is ${columns.phone_number_id}
    and ${business_profile.phone_number_access} is ${columns.phone_number_access})`;
  await db.run(writeProfile(columns, sql`not ${isKnown}`));
}

function numberIdIn(answer: unknown): string | null {
  const health = isRecord(answer) ? answer['health_status'] : undefined;
  const entities = isRecord(health) ? listOf(health['entities']).filter(isRecord) : [];
  const numbers = entities.filter((entity) => entity['entity_type'] === 'PHONE_NUMBER');
  const [id, ...others] = new Set(numbers.map((entity) => idOf(entity['id'])));
  return others.length > 0 ? null : (id ?? null);
}

/** The access that WABA has answered; the key cannot be told from it. */
function accessOf({ secretKey, wabaApiUrl, d360ApiKey }: StackConfig): string {
  return sha256Hex(JSON.stringify([secretKey, wabaApiUrl, d360ApiKey]));
}

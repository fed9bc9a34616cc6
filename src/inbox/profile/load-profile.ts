import { eq, type SQL } from 'drizzle-orm';
import { WaypostError } from '../../error.ts';
import { type Database, readJson } from '../../store/database.ts';
import type { StackContext } from '../../store/open-stack.ts';
import { insertWhere, query } from '../../store/query.ts';
import { business_profile } from '../../store/schema.ts';
import { accountClient } from '../../waba/account-client.ts';
import { answerOf } from '../../waba/answer-of.ts';
import type { JsonRecord } from '../../waba/json-record.ts';
import { type BusinessProfile, presentProfile, readProfile } from './profile.ts';

export type ProfileRow = typeof business_profile.$inferSelect;

/**
 * Returns the number's profile out of our copy, which is fetched where there is none yet. Throws
 * `unavailable` where that fails.
 */
export async function loadProfile(
  stack: Pick<StackContext, 'db' | 'config'>,
): Promise<BusinessProfile> {
  const row = await findProfile(stack.db);
  if (typeof row?.payload === 'string') return presentProfile(readJson(row.payload));
  const payload = await fetchProfile(stack);
  await stack.db.run(writeProfile({ payload: JSON.stringify(payload) }));
  return presentProfile(payload);
}

/** Asks WABA for the profile. Throws as `answerOf` does, and `unavailable` where there is none. */
export async function fetchProfile({ config }: Pick<StackContext, 'config'>): Promise<JsonRecord> {
  const what = 'WhatsApp did not tell the profile';
  const profile = readProfile(answerOf(await accountClient(config).profile(), what));
  if (profile === undefined) throw new WaypostError('unavailable', `${what}.`);
  return profile;
}

/** Our copy; undefined where nothing is known yet. */
export async function findProfile(db: Database): Promise<ProfileRow | undefined> {
  return db.first(query.select().from(business_profile).where(eq(business_profile.id, 1)));
}

/** The statement that sets some columns of our copy, if `condition` holds. */
export function writeProfile(columns: Partial<Omit<ProfileRow, 'id'>>, condition?: SQL) {
  return insertWhere(business_profile, { id: 1, ...columns }, condition).onConflictDoUpdate({
    target: business_profile.id,
    set: columns,
  });
}

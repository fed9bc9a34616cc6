import { and, eq, isNotNull, sql } from 'drizzle-orm';
import type { User } from '../../auth/user.ts';
import { invalidField } from '../../error.ts';
import type { StackContext } from '../../store/open-stack.ts';
import { query } from '../../store/query.ts';
import { business_profile } from '../../store/schema.ts';
import { accountClient } from '../../waba/account-client.ts';
import { answerOf } from '../../waba/answer-of.ts';
import { assertAdmin } from '../permissions.ts';
import { beginAnew } from '../refreshing/refresh.ts';
import { loadProfile } from './load-profile.ts';
import type { BusinessProfile } from './profile.ts';
import { codeOfVertical } from './vertical.ts';

/** What of the profile is to change; what is undefined stays. */
export interface ProfileChange {
  about?: string | undefined;
  address?: string | undefined;
  description?: string | undefined;
  email?: string | undefined;
  /** An industry by any of its names, or empty for none; see `codeOfVertical`. */
  vertical?: string | undefined;
  websites?: readonly string[] | undefined;
}

/**
 * Has WhatsApp change the number's profile, then our copy; returns it (spec:
 * partialUpdateBusinessProfileSettings, updateProfileAbout). `now` is in milliseconds. Throws `forbidden`
 * for anyone but an admin, `invalid` for what would be emptied and cannot be, and as `answerOf` does.
 */
export async function updateProfile(
  stack: Pick<StackContext, 'db' | 'config'>,
  user: User,
  change: ProfileChange,
  now: number,
): Promise<BusinessProfile> {
  assertAdmin(user);
  const { about, vertical, ...rest } = change;
  const named = {
    ...rest,
    about: await stated(stack, 'about', about),
    vertical: await stated(stack, 'vertical', vertical && codeOfVertical(vertical)),
  };
  const fields = Object.fromEntries(
    Object.entries(named).filter(([, value]) => value !== undefined),
  );
  if (Object.keys(fields).length > 0) {
    const result = await accountClient(stack.config).updateProfile(fields);
    answerOf(result, 'WhatsApp did not take the profile');
    await stack.db.batch([
      query
        .update(business_profile)
        .set({ payload: sql`json_patch(${business_profile.payload}, ${JSON.stringify(fields)})` })
        .where(and(eq(business_profile.id, 1), isNotNull(business_profile.payload))),
      beginAnew('settings', now),
    ]);
  }
  return loadProfile(stack);
}

/**
 * What a field is to be that a client may send back empty because it was shown so: that is no change. Throws
 * `invalid` where an about would be emptied, which WhatsApp lets nobody do.
 */
async function stated(
  stack: Pick<StackContext, 'db' | 'config'>,
  field: 'about' | 'vertical',
  value: string | undefined,
): Promise<string | undefined> {
  if (value !== '') return value;
  const { [field]: shown } = await loadProfile(stack);
  if (shown === '') return undefined;
  if (field === 'about') throw invalidField(field, 'This field may not be blank.');
  return value;
}

import { sql } from 'drizzle-orm';
import type { User } from '../../auth/user.ts';
import type { StackContext } from '../../store/open-stack.ts';
import { accountClient } from '../../waba/account-client.ts';
import { answerOf } from '../../waba/answer-of.ts';
import { beginAnew } from '../refreshing/refresh.ts';
import { assertAdmin } from '../users/admin-only.ts';
import { loadProfile } from './load-profile.ts';
import type { BusinessProfile } from './profile.ts';
import { codeOfVertical } from './vertical.ts';

/** What of the profile is to change; what is undefined stays. */
export interface ProfileChange {
  about?: string | undefined;
  address?: string | undefined;
  description?: string | undefined;
  email?: string | undefined;
  /** The service's name for an industry, or WhatsApp's code. */
  vertical?: string | undefined;
  websites?: readonly string[] | undefined;
}

/**
 * Has WhatsApp change the number's profile, then our copy; returns it (spec:
 * partialUpdateBusinessProfileSettings, updateProfileAbout). `now` is in milliseconds. Throws `forbidden`
 * for anyone but an admin, and as `answerOf` does.
 */
export async function updateProfile(
  stack: Pick<StackContext, 'db' | 'config'>,
  user: User,
  change: ProfileChange,
  now: number,
): Promise<BusinessProfile> {
  assertAdmin(user);
  const { vertical } = change;
  const named = {
    ...change,
    ...(vertical === undefined ? {} : { vertical: codeOfVertical(vertical) }),
  };
  const fields = Object.fromEntries(
    Object.entries(named).filter(([, value]) => value !== undefined),
  );
  if (Object.keys(fields).length > 0) {
    const result = await accountClient(stack.config).updateProfile(fields);
    answerOf(result, 'WhatsApp did not take the profile');
    await stack.db.batch([
      sql`update business_profile set payload = json_patch(payload, ${JSON.stringify(fields)})
          where id = 1 and payload is not null`,
      beginAnew('settings', now),
    ]);
  }
  return loadProfile(stack);
}

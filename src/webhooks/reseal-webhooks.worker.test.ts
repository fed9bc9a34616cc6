import { sql } from 'drizzle-orm';
import { beforeEach, describe, expect, it } from 'vitest';
import type { User } from '../auth/user.ts';
import { clearInbox, seedUser, stack } from '../inbox/seed.test-support.ts';
import type { StackContext } from '../store/open-stack.ts';
import { Housekeeper } from '../upkeep/housekeeping.ts';
import { createWebhook } from './create-webhook.ts';
import { resealWebhooks } from './reseal-webhooks.ts';
import { rotateSecret } from './rotate-secret.ts';
import { loadSubscriptions } from './subscriptions.ts';

const POLICY = { allowPrivate: false, ownHosts: [], dialects: {} };
const FIRST = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const SECOND = 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD';
const NEW = 'another secret key of at least thirty-two characters';

function withKeys(secretKey: string, oldSecretKey?: string): StackContext {
  return { ...stack, config: { ...stack.config, secretKey, oldSecretKey } };
}

const changed = withKeys(NEW, stack.config.secretKey);
const without = withKeys(NEW);

let admin: User;

beforeEach(async () => {
  await clearInbox();
  await stack.db.run(sql`delete from webhooks`);
  admin = await seedUser('admin', { role: 'admin' });
  const draft = {
    url: 'https://example.com/hook',
    onCloudApi: true,
    appSecret: 'meta-secret',
    headers: { Authorization: 'Token abc' },
  };
  const { id } = await createWebhook(stack, admin, draft, FIRST, POLICY);
  await rotateSecret(stack, admin, id, { secret: SECOND, graceSeconds: 600 });
  await createWebhook(changed, admin, { ...draft, appSecret: null }, FIRST, POLICY);
});

const OPENED = [
  {
    isUnreadable: false,
    headers: { Authorization: 'Token abc' },
    secrets: [SECOND, FIRST],
    appSecret: 'meta-secret',
  },
  { isUnreadable: false, secrets: [FIRST] },
];

describe('what webhooks keep secret, after a change of SECRET_KEY', () => {
  it('is opened and sealed anew while the older key is set, and then needs it no longer', async () => {
    expect(await loadSubscriptions(changed)).toMatchObject(OPENED);
    expect(await resealWebhooks(changed)).toBe(1);
    expect(await loadSubscriptions(without)).toMatchObject(OPENED);
    expect(await resealWebhooks(changed)).toBe(0);
  });

  it('is left as it is without the older key', async () => {
    expect(await resealWebhooks(without)).toBe(0);
    expect(await loadSubscriptions(stack)).toMatchObject([OPENED[0], { isUnreadable: true }]);
  });

  it('is sealed anew in the background, once the settings are new', async () => {
    const rings: number[] = [];
    const keeper = new Housekeeper({
      stack: changed,
      // Not the beginning of an hour.
      now: () => 30 * 60_000,
      ringBy: async (at) => void rings.push(at),
      warned: { load: async () => 0, save: async () => undefined },
    });
    await keeper.work();
    expect(await loadSubscriptions(without)).toMatchObject(OPENED);
  });
});

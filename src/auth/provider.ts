import { and, eq } from 'drizzle-orm';
import { z } from 'zod';
import type { StackConfig } from '../config.ts';
import type { Database } from '../store/database.ts';
import { query } from '../store/query.ts';
import { users } from '../store/schema.ts';
import { accountClient } from '../waba/account-client.ts';
import { isMetas } from '../waba/upstream/upstream-of.ts';
import { equalInConstantTime } from './constant-time.ts';
import { sha256Hex } from './digest.ts';
import { selectUsers, type User } from './user.ts';

/** How long an answer of WABA about a key is believed, good or bad. */
const BELIEVED_MS = 60_000;

/**
 * How many keys one isolate asks WABA about in that time. Anyone may send us keys; beyond this they
 * are refused unasked, so that guessing here does not become a flood there.
 */
const MAX_KEYS = 256;

/** The part of 360dialog's `GET /health_status` that names what a key belongs to. */
const healthStatus = z.object({
  health_status: z.object({
    entities: z.array(z.object({ entity_type: z.string(), id: z.coerce.string() })),
  }),
});

/** What WABA said of keys in one span of `BELIEVED_MS`. */
interface Answers {
  /** Milliseconds. */
  until: number;
  asked: number;
  /** By SHA-256 of the key; null for a key that WABA does not accept. */
  phoneNumbers: Map<string, string | null>;
}

const answersOf = new WeakMap<StackConfig, Answers>();

/**
 * Whether a `D360-Api-Key` opens this stack: it is the stack's own, or WABA says that it belongs to
 * the same phone number as the stack's own (a key that was renewed, say). Never throws.
 */
export async function isProviderKey(config: StackConfig, key: string): Promise<boolean> {
  const own = config.d360ApiKey;
  if (own === undefined) return false;
  if (equalInConstantTime(key, own)) return true;
  // Meta knows of no such keys, and is not to be shown what anybody sends us.
  if (isMetas(config)) return false;
  const theirs = await phoneNumberOf(config, key);
  return theirs !== null && theirs === (await phoneNumberOf(config, own));
}

/**
 * Returns the admin that a provider key acts as: the one registered first, or the oldest that is
 * still active (spec: Authorization, Provider). Undefined where no admin is active.
 */
export async function oldestAdmin(db: Database): Promise<User | undefined> {
  const oldest = query
    .select({ id: users.id })
    .from(users)
    .where(and(eq(users.role, 'admin'), eq(users.is_active, 1)))
    .orderBy(users.created_at, users.id)
    .limit(1);
  const [admin] = await selectUsers(db, eq(users.id, oldest));
  return admin;
}

async function phoneNumberOf(config: StackConfig, key: string): Promise<string | null> {
  const answers = currentAnswers(config);
  const hash = sha256Hex(key);
  const known = answers.phoneNumbers.get(hash);
  if (known !== undefined) return known;
  if (answers.asked >= MAX_KEYS && key !== config.d360ApiKey) return null;
  answers.asked += 1;
  try {
    const phoneNumber = await askPhoneNumber(config.wabaApiUrl, key);
    answers.phoneNumbers.set(hash, phoneNumber);
    return phoneNumber;
  } catch {
    // No answer says nothing of the key: it is not valid now, and asked about again next time.
    return null;
  }
}

function currentAnswers(config: StackConfig): Answers {
  const now = Date.now();
  const known = answersOf.get(config);
  if (known !== undefined && now < known.until) return known;
  const fresh = {
    until: now + BELIEVED_MS,
    asked: 0,
    phoneNumbers: new Map<string, string | null>(),
  };
  answersOf.set(config, fresh);
  return fresh;
}

/** Returns the id of the phone number that WABA names for a key, or null. Throws where it did not answer. */
async function askPhoneNumber(wabaApiUrl: string, key: string): Promise<string | null> {
  const result = await accountClient({ wabaApiUrl, d360ApiKey: key }).health();
  if (result.kind !== 'answered') throw new Error(result.reason);
  const { status, body } = result;
  if (status >= 500) throw new Error(`WABA answered ${status}.`);
  if (status < 200 || status >= 300) return null;
  const { health_status: health } = healthStatus.parse(body);
  return health.entities.find((entity) => entity.entity_type === 'PHONE_NUMBER')?.id ?? null;
}

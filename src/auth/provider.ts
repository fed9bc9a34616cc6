import { sql } from 'drizzle-orm';
import { z } from 'zod';
import type { StackConfig } from '../config.ts';
import { AS_IT_CAME, dropBody, readAnswerText } from '../outbound/read-answer.ts';
import { USER_AGENT } from '../outbound/user-agent.ts';
import type { Database } from '../store/database.ts';
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

/** WABA answers in a fraction of this; a caller should not wait for one that does not. */
const TIMEOUT_MS = 5_000;

/** Some hundred bytes are what is to be expected. */
const MAX_ANSWER_BYTES = 64 * 1024;

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
  const [admin] = await selectUsers(
    db,
    sql`u.id = (
      select id from users where role = 'admin' and is_active = 1 order by created_at, id limit 1
    )`,
  );
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
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  const response = await fetch(`${wabaApiUrl}/health_status`, {
    headers: { 'D360-API-KEY': key, 'User-Agent': USER_AGENT, Accept: 'application/json' },
    // Another host must not be shown the key.
    redirect: 'manual',
    signal,
    ...AS_IT_CAME,
  });
  if (!response.ok) {
    await dropBody(response);
    if (response.status >= 500) throw new Error(`WABA answered ${response.status}.`);
    return null;
  }
  const text = await readAnswerText(response, MAX_ANSWER_BYTES, signal);
  const { health_status: status } = healthStatus.parse(JSON.parse(text ?? ''));
  return status.entities.find((entity) => entity.entity_type === 'PHONE_NUMBER')?.id ?? null;
}

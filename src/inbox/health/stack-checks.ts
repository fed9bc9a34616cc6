import { gt } from 'drizzle-orm';
import type { User } from '../../auth/user.ts';
import type { StackContext } from '../../store/open-stack.ts';
import { refreshes } from '../../store/schema.ts';
import { storageUse } from '../../store/storage-use.ts';
import { accountClient } from '../../waba/account-client.ts';
import { answerOf } from '../../waba/answer-of.ts';
import { isRecord, textOf } from '../../waba/json-record.ts';
import { keepNumberId } from '../profile/own-number-id.ts';
import { askForRefresh } from '../refreshing/refresh.ts';
import { checkWebhook, type Repair, setWebhook } from './number-webhook.ts';
import type { Finding, HealthCheck } from './health-check.ts';

/** What lies waiting in the stack. */
export interface Backlog {
  /** Milliseconds; for how long the oldest of it has been due. */
  pastDueMs: number;
  /** What we failed on time and again. */
  deadLetters: number;
}

/** What the checks need of the rooms above. */
export interface HealthDeps {
  /** Asks the database what lies waiting. */
  backlog(): Promise<Backlog>;
  /** Says why WhatsApp takes no message, where that is so. */
  outboxPause(): Promise<string | undefined>;
  /** Asks the Stack object, which answers where it is well. */
  callObject(): Promise<unknown>;
  /** Rings for what is due at WABA. */
  ringRefreshes(): Promise<void>;
}

/** The alarm finds within a minute what a queue has lost; with retries nothing due waits much longer. */
const LONG_OVERDUE_MS = 5 * 60_000;

/** Nothing lies under it; that it is not there is an answer as good as any. */
const PROBE_KEY = 'health/probe';

const MS_PER_SECOND = 1_000;
const BYTES_PER_MB = 1_000_000;

/**
 * What belongs to a healthy stack, as `user` looks at it. Five requests are open at a time, of the six that an invocation
 * has: what asks the database waits for its first answer.
 */
export function stackChecks(stack: StackContext, user: User, deps: HealthDeps): HealthCheck[] {
  let asked: ReturnType<typeof storageUse> | undefined;
  const database = () => (asked ??= storageUse(stack));
  // Whoever only looks does not change the number's settings by that: the background does, in its own time.
  const repair: Repair =
    user.role === 'admin'
      ? (own) => setWebhook(stack.config, own)
      : () => askForWebhook(stack, deps, Date.now());
  return [
    {
      name: 'Database',
      run: async () => {
        await database();
        return fine('It answers.');
      },
    },
    { name: 'Database size', run: async () => judgeSize(await database()) },
    {
      name: 'Deliveries',
      run: async () => {
        await database();
        return judgeBacklog(await deps.backlog());
      },
    },
    {
      name: 'Outbox',
      run: async () => {
        await database();
        const pause = await deps.outboxPause();
        return pause === undefined ? fine('Messages are sent.') : { isOk: false, message: pause };
      },
    },
    {
      name: 'Files',
      run: async () => {
        await stack.files.getText(PROBE_KEY);
        return fine('They can be read.');
      },
    },
    {
      name: 'Stack object',
      run: async () => {
        await deps.callObject();
        return fine('It answers.');
      },
    },
    { name: 'WhatsApp API', run: () => checkNumber(stack) },
    { name: 'WhatsApp webhook', run: () => checkWebhook(stack, repair) },
  ];
}

/** Makes it due at `now` (milliseconds) and rings, unless that is so already or WABA has refused it just now. */
async function askForWebhook(
  { db }: Pick<StackContext, 'db'>,
  deps: HealthDeps,
  now: number,
): Promise<Finding> {
  const changed = await db.run(askForRefresh('webhook', now, gt(refreshes.next_at, now)));
  if (changed > 0) await deps.ringRefreshes();
  return { isOk: false, message: 'It will be set again.' };
}

function judgeSize({ bytes, limitBytes, isNear }: Awaited<ReturnType<typeof storageUse>>): Finding {
  const use = `${inMb(bytes)} of ${inMb(limitBytes)} MB are used.`;
  return { isOk: !isNear, message: isNear ? `It is nearly full: ${use}` : use };
}

function judgeBacklog({ pastDueMs, deadLetters }: Backlog): Finding {
  if (pastDueMs > LONG_OVERDUE_MS) {
    const seconds = Math.floor(pastDueMs / MS_PER_SECOND);
    return { isOk: false, message: `What is due has waited for ${seconds} seconds.` };
  }
  if (deadLetters > 0) {
    return { isOk: false, message: `Dead letters wait for an admin: ${deadLetters}.` };
  }
  return fine('Nothing that is due waits long.');
}

/** Whether the key is good, and whether the number may send by WhatsApp's own account of its health. */
async function checkNumber({ config, db }: Pick<StackContext, 'config' | 'db'>): Promise<Finding> {
  const result = await accountClient(config).health();
  const answer = answerOf(result, 'The WhatsApp API does not answer as it should');
  await keepNumberId({ config, db }, answer);
  const { health_status: health } = answer;
  const canSend = isRecord(health) ? textOf(health['can_send_message']) : undefined;
  if (canSend === undefined || canSend === 'AVAILABLE')
    return fine('The number can send messages.');
  return { isOk: false, message: `WhatsApp says of sending messages: ${canSend.slice(0, 50)}.` };
}

function fine(message: string): Finding {
  return { isOk: true, message };
}

function inMb(bytes: number): string {
  return (bytes / BYTES_PER_MB).toFixed(1);
}

import { sql } from 'drizzle-orm';
import type { Context } from 'hono';
import {
  type ForeignNumber,
  foreignWarning,
  selectForeign,
} from '../inbox/profile/foreign-numbers.ts';
import { logError } from '../log.ts';
import type { StackContext } from '../store/open-stack.ts';
import { pendingMigrations } from '../store/pending-migrations.ts';
import { storageUse } from '../store/storage-use.ts';
import { countBehindBreakers, countOpenBreakers } from './behind-breakers.ts';
import { pauseSentence, readOutboxPause } from './outbox-pause.ts';
import { countUpTo, pastDueMs, selectOldestDue } from './overdue.ts';
import { hasUser, settingWarnings, signInWarning } from './setting-warnings.ts';
import { readSilence, silenceWarning } from './silence.ts';
import { migrationsSentence, warningsOf } from './warnings.ts';

interface Row {
  due_at: number | null;
  dead_letters: number;
  breakers_open: number;
  behind_breakers: number;
  has_user: number;
}

/**
 * `GET /readyz`: 200 once storage answers, with the age of what is longest overdue and with warnings
 * about what an operator should see to; 503 otherwise.
 */
export async function readiness(
  c: Context<{ Variables: { stack: StackContext } }>,
): Promise<Response> {
  const { config, db } = c.var.stack;
  const now = Date.now();
  try {
    const [row, storage, pause, foreign, pending, silence] = await Promise.all([
      db.first<Row>(sql`
        select (${selectOldestDue()}) as due_at, ${countUpTo(sql`from dead_letters`)} as dead_letters,
          ${countOpenBreakers()} as breakers_open, ${countBehindBreakers()} as behind_breakers,
          ${hasUser()} as has_user`),
      storageUse(c.var.stack),
      readOutboxPause(db),
      db.all<ForeignNumber>(selectForeign()),
      pendingMigrations(db),
      readSilence(db, now),
    ]);
    const deadLetters = row?.dead_letters ?? 0;
    const breakers = { open: row?.breakers_open ?? 0, waiting: row?.behind_breakers ?? 0 };
    return c.json({
      status: 'ok',
      stack: config.name,
      public_url: config.publicUrl ?? null,
      past_due_ms: pastDueMs(row?.due_at, now),
      dead_letters: deadLetters,
      breakers_open: breakers.open,
      behind_breakers: breakers.waiting,
      // Since WhatsApp said anything; null where nothing of it is kept.
      silent_ms: silence.sinceMs,
      migrations_behind: pending.length,
      database: {
        bytes: storage.bytes,
        limit_bytes: storage.limitBytes,
        nearly_full: storage.isNear,
      },
      // Of other numbers than this inbox's: how many bodies were about each.
      foreign_numbers: foreign.map(({ phone_number_id, bodies }) => ({ phone_number_id, bodies })),
      warnings: [
        ...settingWarnings(config),
        ...signInWarning(config, row?.has_user === 1),
        ...migrationsSentence(pending),
        ...(pause === undefined ? [] : [pauseSentence(pause)]),
        ...warningsOf(deadLetters, storage, breakers),
        ...foreignWarning(foreign, now),
        ...silenceWarning(silence),
      ],
    });
  } catch (error) {
    logError('not_ready', error, { stack: config.name });
    const [behind] = await missingMigrations(db);
    const detail = behind ?? 'The database does not answer.';
    return c.json({ status: 'unavailable', stack: config.name, detail }, 503);
  }
}

/** A sentence where the database answers, and lacks what this code asks it for. */
async function missingMigrations(db: StackContext['db']): Promise<string[]> {
  try {
    return migrationsSentence(await pendingMigrations(db));
  } catch {
    return [];
  }
}

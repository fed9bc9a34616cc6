import { sql } from 'drizzle-orm';
import { insertEvent, ownEvent, type WrittenEvent } from '../../events/event.ts';
import { log, logError } from '../../log.ts';
import { type Database, readJson } from '../../store/database.ts';
import { insertWhere, query, type Statement } from '../../store/query.ts';
import { outbox_pause, waba_errors } from '../../store/schema.ts';
import type { WabaError } from '../../waba/parse-error.ts';
import { shownError } from '../../waba/shown-error.ts';
import type { AccountPause, AccountState } from './account-pause.ts';

/** What the record needs of the Stack object. */
export interface RecordDeps {
  stack: string;
  db: Database;
  onEvents: (events: readonly WrittenEvent[]) => Promise<void>;
  now: () => number;
}

/**
 * Keeps in the database why the account may send nothing, so that it outlives a restart and everybody can
 * see it. When it begins, an error is listed and an event tells of it.
 */
export class AccountPauseRecord {
  readonly #deps: RecordDeps;
  #wanted: AccountPause | undefined;
  #written: AccountPause | undefined;
  #isWriting = false;

  constructor(deps: RecordDeps) {
    this.#deps = deps;
  }

  /** Puts what was written before a restart into the outbox's state. Throws what D1 throws. */
  async load(state: AccountState): Promise<void> {
    const row = await this.#deps.db.first(query.select().from(outbox_pause));
    if (row === undefined) return;
    const { since_at: since, next_at: nextAt, strikes } = row;
    const error = readJson<WabaError>(row.error);
    state.account = {
      error,
      since,
      nextAt,
      strikes,
      refusedAt: this.#deps.now(),
      refused: new Set(),
      loneTries: 0,
    };
    state.rate.strikes = Math.max(state.rate.strikes, strikes);
    // Where a single message was refused only that one waits.
    if (strikes > 0) state.rate.pausedUntil = Math.max(state.rate.pausedUntil, nextAt);
    this.#wanted = state.account;
    this.#written = state.account;
  }

  /** Writes down what is so now, unless that is done. What cannot be written is tried at the next call. */
  keep(pause: AccountPause | undefined): void {
    if ((pause === undefined) !== (this.#wanted === undefined)) this.#log(pause);
    this.#wanted = pause;
    if (this.#isWriting || pause === this.#written) return;
    this.#isWriting = true;
    void this.#write();
  }

  #log(pause: AccountPause | undefined): void {
    const { stack, now } = this.#deps;
    if (pause !== undefined) {
      const { code, title } = pause.error;
      log('outbox_paused', { stack, alert: true, code, title });
    } else if (this.#wanted !== undefined) {
      log('outbox_resumed', { stack, ms: now() - this.#wanted.since });
    }
  }

  async #write(): Promise<void> {
    try {
      // The latest wins: of a burst of refusals few are written.
      while (this.#wanted !== this.#written) {
        const wanted = this.#wanted;
        await this.#save(wanted);
        this.#written = wanted;
      }
    } catch (error) {
      logError('outbox_pause_not_saved', error, { stack: this.#deps.stack });
    }
    this.#isWriting = false;
  }

  async #save(pause: AccountPause | undefined): Promise<void> {
    const { db, onEvents } = this.#deps;
    if (pause === undefined) {
      await db.run(query.delete(outbox_pause));
      return;
    }
    const [written = []] = await db.batch<WrittenEvent[][]>(savePause(pause));
    if (written.length > 0) await onEvents(written);
  }
}

/** Only where there was no pause yet an error is listed and an event written, however often this is tried. */
function savePause({ error, since, nextAt, strikes }: AccountPause): Statement[] {
  const payload = { errors: [shownError(error)] };
  const timestamp = Math.floor(since / 1000);
  const told = [{ waba_payload: payload, timestamp, waba_id: null, getchat_id: null }];
  const event = ownEvent('failure', { extended: { waba_errors: told }, chats: [] }, since);
  const isNew = sql`not exists (select 1 from ${outbox_pause})`;
  const row = { error: JSON.stringify(error), since_at: since, next_at: nextAt, strikes };
  const contents = { inR2: false, extended: JSON.stringify(event.extended) };
  return [
    insertEvent(event, contents, isNew),
    insertWhere(waba_errors, { payload: JSON.stringify(payload), timestamp }, isNew),
    query
      .insert(outbox_pause)
      .values({ id: 1, ...row })
      .onConflictDoUpdate({ target: outbox_pause.id, set: row }),
  ];
}

import { sql } from 'drizzle-orm';
import { reseal } from '../auth/secret-box.ts';
import { log } from '../log.ts';
import { jsonChunks } from '../store/database.ts';
import type { StackContext } from '../store/open-stack.ts';
import type { WebhookRow } from './webhook.ts';

/** What of a webhook is sealed. */
const COLUMNS = ['headers', 'secret', 'old_secret', 'app_secret'] as const;

type Sealed = Pick<WebhookRow, 'id' | (typeof COLUMNS)[number]>;

/**
 * Seals with SECRET_KEY what OLD_SECRET_KEY sealed, for all webhooks of the stack, which are some hundred at most;
 * one that is changed at the same time is left to the next call. Returns how many were changed.
 */
export async function resealWebhooks({ db, config }: StackContext): Promise<number> {
  if (config.oldSecretKey === undefined) return 0;
  const rows = await db.all<Sealed>(
    sql`select id, headers, secret, old_secret, app_secret from webhooks order by id`,
  );
  const changed = (await Promise.all(rows.map((row) => resealed(config, row)))).flat();
  if (changed.length === 0) return 0;
  // Each value stands beside the one that it replaces: what somebody has written since stays.
  await db.batch(
    jsonChunks(changed).map(
      (json) => sql`
        update webhooks set headers = n.headers, secret = n.secret, old_secret = n.old_secret,
          app_secret = n.app_secret
        from (select value->>'id' as id, value->>'headers' as headers, value->>'secret' as secret,
          value->>'old_secret' as old_secret, value->>'app_secret' as app_secret,
          value->'was' as was from json_each(${json})) n
        where webhooks.id = n.id and webhooks.headers = n.was->>'headers'
          and webhooks.secret = n.was->>'secret' and webhooks.old_secret is n.was->>'old_secret'
          and webhooks.app_secret is n.was->>'app_secret'`,
    ),
  );
  log('secrets_resealed', { stack: config.name, webhooks: changed.length });
  return changed.length;
}

/** A row with what is sealed anew, and as it was; nothing where SECRET_KEY opens all of it. */
async function resealed(
  config: StackContext['config'],
  row: Sealed,
): Promise<(Sealed & { was: Sealed })[]> {
  const fresh = await Promise.all(
    COLUMNS.map(async (column) => {
      const text = row[column];
      return [column, (text === null ? undefined : await reseal(config, text)) ?? text] as const;
    }),
  );
  const next: Sealed = { ...row, ...Object.fromEntries(fresh) };
  return COLUMNS.every((column) => next[column] === row[column]) ? [] : [{ ...next, was: row }];
}

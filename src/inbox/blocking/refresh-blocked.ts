import { and, isNotNull, isNull, sql } from 'drizzle-orm';
import { isOneOf } from '../../store/database.ts';
import type { StackContext } from '../../store/open-stack.ts';
import { query } from '../../store/query.ts';
import { chats } from '../../store/schema.ts';
import { accountClient } from '../../waba/account-client.ts';
import { answerOf } from '../../waba/answer-of.ts';
import { idOf, isRecord, type JsonRecord, listOf } from '../../waba/json-record.ts';
import { isUserId } from '../../waba/recipient.ts';
import { isCurrent, type RefreshRun, type StepResult } from '../refreshing/refresh.ts';

/** WhatsApp's blocklist has 64,000 entries at most, and a page a thousand. */
const MAX_PAGES = 70;

/**
 * Marks as blocked the chats of those whom WhatsApp has blocked, and no others: blocks are also made in
 * WhatsApp's and 360dialog's own consoles. Throws where WABA does not answer.
 */
export async function refreshBlocked(
  { config }: Pick<StackContext, 'config'>,
  run: RefreshRun,
): Promise<StepResult> {
  const list = await readBlocked(config);
  const isUnlisted = sql`not (${isOneOf(chats.wa_id, list)}
    or ${isOneOf(sql`coalesce(${chats.user_id}, '')`, list)})`;
  const writes = [
    query
      .update(chats)
      .set({ blocked_at: null })
      .where(and(isNotNull(chats.blocked_at), isUnlisted, isCurrent(run))),
    ...[chats.wa_id, chats.user_id].map((key) =>
      query
        .update(chats)
        .set({ blocked_at: run.startedAt })
        .where(and(isOneOf(key, list), isNull(chats.blocked_at), isCurrent(run))),
    ),
  ];
  return { writes, cursor: undefined };
}

/** The keys of all that WhatsApp has blocked: numbers in digits, and user ids. */
async function readBlocked(config: StackContext['config']): Promise<string[]> {
  const client = accountClient(config);
  const keys = new Set<string>();
  let after: string | undefined = '';
  for (let page = 0; page < MAX_PAGES && after !== undefined; page += 1) {
    const answer = answerOf(
      await client.blockedUsers(after),
      'WhatsApp did not list who is blocked',
    );
    const users = usersIn(answer);
    for (const user of users) for (const key of keysOf(user)) keys.add(key);
    after = users.length === 0 ? undefined : nextCursor(answer);
  }
  return [...keys];
}

/** Graph's document puts the list into an item of `data`, its answers put it there directly. */
function usersIn(answer: JsonRecord): JsonRecord[] {
  if (!Array.isArray(answer['data'])) throw new Error('The answer has no list.');
  return listOf(answer['data'])
    .filter(isRecord)
    .flatMap((item) => (Array.isArray(item['block_users']) ? listOf(item['block_users']) : [item]))
    .filter(isRecord);
}

function keysOf(user: JsonRecord): string[] {
  const number = idOf(user['wa_id'])?.replace(/^\+/, '');
  // How a block by user id is listed is not documented: it may be there as what was put in, and no more.
  const input = idOf(user['input']);
  const inputId = input !== undefined && isUserId(input) ? input : undefined;
  return [number, idOf(user['user_id']), inputId].filter((key) => key !== undefined);
}

function nextCursor({ paging }: JsonRecord): string | undefined {
  if (!isRecord(paging) || !isRecord(paging['cursors'])) return undefined;
  // Graph has a `next` on all pages but the last; a relay may have left it out.
  return idOf(paging['cursors']['after']);
}

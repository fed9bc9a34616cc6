import { eq } from 'drizzle-orm';
import type { User } from '../../auth/user.ts';
import { notFound } from '../../error.ts';
import type { StackContext } from '../../store/open-stack.ts';
import { query } from '../../store/query.ts';
import { templates } from '../../store/schema.ts';
import { accountClient } from '../../waba/account-client.ts';
import { answerOf, type WabaResult } from '../../waba/answer-of.ts';
import { isRecord } from '../../waba/json-record.ts';
import { parseError } from '../../waba/parse-error.ts';
import { beginAnew } from '../refreshing/refresh.ts';
import { assertMayChangeTemplates } from './template.ts';

/**
 * Has WhatsApp delete a template in all its languages, and removes it from our copy (spec:
 * destroyTemplate). `now` is in milliseconds. Throws `forbidden`, `not_found` where WhatsApp has none of
 * this name, and otherwise as `answerOf` does.
 */
export async function destroyTemplate(
  { db, config }: Pick<StackContext, 'db' | 'config'>,
  user: User,
  name: string,
  now: number,
): Promise<void> {
  assertMayChangeTemplates(user);
  const result = await accountClient(config).deleteTemplate(name);
  const isUnknown = isNoSuchTemplate(result);
  if (!isUnknown) answerOf(result, 'WhatsApp did not delete the template');
  const [removed] = await db.batch([
    query.delete(templates).where(eq(templates.name, name)).returning({ name: templates.name }),
    beginAnew('templates', now),
  ]);
  // What only our copy still had is gone now, as was asked for.
  if (isUnknown && removed?.length === 0) throw notFound();
}

/** Graph's subcode for a template that is not there, which comes with status 400, too. */
const NO_SUCH_TEMPLATE = 2593002;

/** A bare 404 is a proxy's word, not WABA's, and is told like any other refusal. */
function isNoSuchTemplate(result: WabaResult): boolean {
  if (result.kind !== 'answered' || parseError(result.body) === undefined) return false;
  const error = isRecord(result.body) ? result.body['error'] : undefined;
  return result.status === 404 || (isRecord(error) && error['error_subcode'] === NO_SUCH_TEMPLATE);
}

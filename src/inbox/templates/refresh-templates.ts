import { and, lt } from 'drizzle-orm';
import type { StackContext } from '../../store/open-stack.ts';
import { query } from '../../store/query.ts';
import { templates } from '../../store/schema.ts';
import { accountClient } from '../../waba/account-client.ts';
import { answerOf } from '../../waba/answer-of.ts';
import { listOf } from '../../waba/json-record.ts';
import { isCurrent, type RefreshRun, type StepResult } from '../refreshing/refresh.ts';
import { readTemplate, writeTemplates } from './template.ts';

const PER_PAGE = 100;

/** WhatsApp allows 6,000 templates; a list that goes on beyond this ignores where we asked it to begin. */
const MAX_TEMPLATES = 20_000;

/**
 * Takes over one page of WABA's templates; with the last what was seen on none is removed. Throws where WABA does not answer with a list, which must not look like an empty one.
 */
export async function refreshTemplates(
  { config }: Pick<StackContext, 'config'>,
  run: RefreshRun,
): Promise<StepResult> {
  const { cursor } = run;
  const result = await accountClient(config).listTemplates({ limit: PER_PAGE, cursor });
  const { templates: items, next } = answerOf(result, 'WhatsApp did not list its templates');
  if (!Array.isArray(items)) throw new Error('The answer has no list of templates.');
  const end = (Number.parseInt(cursor) || 0) + items.length;
  if (end > MAX_TEMPLATES) throw new Error('The list of templates does not end.');
  const listed = listOf(items).flatMap((item) => readTemplate(item) ?? []);
  const writes = writeTemplates(listed, run.startedAt, isCurrent(run));
  if (typeof next === 'string') return { writes, cursor: next };
  const isUnseen = and(lt(templates.seen_at, run.startedAt), isCurrent(run));
  return { writes: [...writes, query.delete(templates).where(isUnseen)], cursor: undefined };
}

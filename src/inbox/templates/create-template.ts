import { and, eq, ne } from 'drizzle-orm';
import type { User } from '../../auth/user.ts';
import type { StackContext } from '../../store/open-stack.ts';
import { query } from '../../store/query.ts';
import { templates } from '../../store/schema.ts';
import { accountClient } from '../../waba/account-client.ts';
import { answerOf } from '../../waba/answer-of.ts';
import { askForRefresh, beginAnew } from '../refreshing/refresh.ts';
import {
  type ApiTemplate,
  assertMayChangeTemplates,
  presentTemplate,
  readTemplate,
  type TemplateRow,
  writeTemplates,
} from './template.ts';

/**
 * The categories that the service's document still names. WhatsApp has put all of them into `UTILITY`
 * since (Meta: "Template categorization") and takes none of them any more.
 */
const FORMER: ReadonlySet<string> = new Set([
  'ACCOUNT_UPDATE',
  'PAYMENT_UPDATE',
  'PERSONAL_FINANCE_UPDATE',
  'SHIPPING_UPDATE',
  'RESERVATION_UPDATE',
  'ISSUE_RESOLUTION',
  'APPOINTMENT_UPDATE',
  'TRANSPORTATION_UPDATE',
  'TICKET_UPDATE',
  'ALERT_UPDATE',
  'AUTO_REPLY',
]);

/** WhatsApp's list may lag behind its answer. */
const LIST_LAG_MS = 30_000;

/** A template to be made (spec: createTemplate); the rest is WhatsApp's to judge. */
interface NewTemplate {
  name: string;
  category: string;
  language: string;
  components: readonly Record<string, unknown>[];
  allow_category_change?: boolean | undefined;
  /** `named` or `positional`. */
  parameter_format?: string | undefined;
  /** For how long WhatsApp tries to deliver a message of it; -1 is 30 days. */
  message_send_ttl_seconds?: number | undefined;
  cta_url_link_tracking_opted_out?: boolean | undefined;
  sub_category?: string | undefined;
}

/**
 * Has WhatsApp make a template and adds it to our copy; WhatsApp reviews it then, and webhooks say what
 * came of it. `now` is in milliseconds. Throws `forbidden`, and `invalid` or `unavailable` as WABA's
 * answer has it (see `answerOf`).
 */
export async function createTemplate(
  { db, config }: Pick<StackContext, 'db' | 'config'>,
  user: User,
  template: NewTemplate,
  now: number,
): Promise<ApiTemplate> {
  assertMayChangeTemplates(user);
  const wanted = { ...template, category: wabaCategory(template.category) };
  const result = await accountClient(config).createTemplate(wanted);
  const answer = answerOf(result, 'WhatsApp did not take the template');
  const namespace = await namespaceOf({ db });
  // Graph answers with id, status and category alone.
  const made = readTemplate({ namespace, ...wanted, ...answer }) ?? readTemplate(wanted);
  if (made === undefined) throw new Error('A checked template has a name and a language.');
  const rows = await db.batch<TemplateRow[][]>([
    ...writeTemplates([{ ...made, name: wanted.name, language: wanted.language }], now),
    beginAnew('templates', now),
    // A webhook that came before this answer told of a template that we did not have.
    askForRefresh('templates', now + LIST_LAG_MS),
    query
      .select()
      .from(templates)
      .where(and(eq(templates.name, wanted.name), eq(templates.language, wanted.language))),
  ]);
  const row = rows.at(-1)?.[0];
  if (row === undefined) throw new Error('The template was not written.');
  return presentTemplate(row);
}

/** All templates of an account share one; an answer without it should not show none. */
async function namespaceOf({ db }: Pick<StackContext, 'db'>): Promise<string> {
  const row = await db.first(
    query
      .select({ namespace: templates.namespace })
      .from(templates)
      .where(ne(templates.namespace, ''))
      .limit(1),
  );
  return row?.namespace ?? '';
}

/** Returns a category as WhatsApp takes it today; one that we do not know is left to WhatsApp. */
function wabaCategory(category: string): string {
  const name = category.toUpperCase();
  return FORMER.has(name) ? 'UTILITY' : name;
}

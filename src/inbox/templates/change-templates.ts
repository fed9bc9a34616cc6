import { sql, type SQL } from 'drizzle-orm';
import { jsonList } from '../../store/database.ts';
import { templates } from '../../store/schema.ts';
import type { TemplateChange } from '../../waba/template-changes.ts';
import { askForRefresh, beginAnew } from '../refreshing/refresh.ts';

/**
 * The statements that take over into our copy what webhooks say of templates; what an older webhook
 * says is left out. A template that we do not have, and a change that does not say how the template is
 * now, make a refresh due at `now` (milliseconds). None for no changes.
 */
export function changeTemplates(changes: readonly TemplateChange[], now: number): SQL[] {
  if (changes.length === 0) return [];
  // Of several about one template the last one counts; an update takes any one of them.
  const latest = new Map(changes.map((change) => [`${change.name} ${change.language}`, change]));
  const list = jsonList([...latest.values()]);
  const unknown = sql`exists (
    select 1 from json_each(${list}) j where j.value->>'needsRefresh' or not exists (
      select 1 from ${templates}
      where ${templates.name} = j.value->>'name' and ${templates.language} = j.value->>'language'))`;
  return [
    askForRefresh('templates', now, unknown),
    sql`update ${templates} set
          status = coalesce(j.value->>'status', status),
          rejected_reason = coalesce(j.value->>'rejectedReason', rejected_reason),
          category = coalesce(j.value->>'category', category),
          told_at = j.value->>'at'
        from json_each(${list}) j
        where ${templates.name} = j.value->>'name' and ${templates.language} = j.value->>'language'
          and ${templates.told_at} <= j.value->>'at'`,
    sql`delete from ${templates} where status = 'deleted'
        and (name, language) in (select value->>'name', value->>'language' from json_each(${list}))`,
    // A refresh under way may have read what was before.
    beginAnew('templates', now),
  ];
}

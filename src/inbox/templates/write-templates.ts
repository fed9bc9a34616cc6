import { sql, type SQL } from 'drizzle-orm';
import { jsonChunks } from '../../store/database.ts';
import type { Template } from './template.ts';

/**
 * The statements that put templates into our copy or in the place of what it had, as seen at a time
 * (milliseconds). Where `condition` does not hold, nothing is written.
 */
export function writeTemplates(
  templates: readonly Template[],
  seenAt: number,
  condition: SQL = sql`true`,
): SQL[] {
  const rows = templates.map((row) => ({ ...row, components: JSON.stringify(row.components) }));
  return jsonChunks(rows).map(
    (json) => sql`
      insert into templates
        (name, language, waba_id, category, status, components, namespace, rejected_reason, seen_at)
      select value->>'name', value->>'language', value->>'waba_id', value->>'category', value->>'status',
        value->>'components', value->>'namespace', value->>'rejected_reason', ${seenAt}
      from json_each(${json}) where ${condition}
      on conflict (name, language) do update set
        waba_id = coalesce(excluded.waba_id, waba_id), category = excluded.category,
        status = excluded.status, components = excluded.components, namespace = excluded.namespace,
        rejected_reason = excluded.rejected_reason, seen_at = excluded.seen_at`,
  );
}

import { sql } from 'drizzle-orm';
import type { Database } from '../../store/database.ts';
import { asLongList, takePart, type Counted, type LongList } from '../long-list.ts';
import type { Part } from '../part.ts';
import { presentTemplate, type ApiTemplate, type TemplateRow } from './template.ts';

/** Returns a part of our copy of the templates, by name and language; everyone may see them. */
export async function listTemplates(db: Database, part: Part): Promise<LongList<ApiTemplate>> {
  const [rows, counted] = await db.batch<[TemplateRow[], Counted[]]>([
    sql`select * from templates order by name, language ${takePart(part)}`,
    sql`select count(*) as count from templates`,
  ]);
  const list = asLongList(rows, counted, part);
  return { ...list, items: list.items.map(presentTemplate) };
}

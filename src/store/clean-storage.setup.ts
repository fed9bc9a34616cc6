import { applyD1Migrations } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { vi } from 'vitest';

// Most files share a runtime: each begins with modules and storage as if it were the first.
vi.resetModules();
await Promise.all([emptyDatabase(env.DB), emptyDatabase(env.ACME__DB), emptyBucket(env.BUCKET)]);

async function emptyDatabase(db: D1Database): Promise<void> {
  const { results } = await db
    .prepare(`select name from sqlite_master where type = 'table' and name not like '\\_cf\\_%' escape '\\'
      and name not like 'sqlite\\_%' escape '\\'
      order by sql not like 'create virtual%'`)
    .all<{ name: string }>();
  if (results.length > 0) {
    const drops = results.map(({ name }) => db.prepare(`drop table if exists "${name}"`));
    await db.batch([db.prepare('pragma defer_foreign_keys = on'), ...drops]);
  }
  await applyD1Migrations(db, env.MIGRATIONS);
}

async function emptyBucket(bucket: R2Bucket): Promise<void> {
  for (;;) {
    const { objects } = await bucket.list();
    if (objects.length === 0) return;
    await bucket.delete(objects.map(({ key }) => key));
  }
}

import { applyD1Migrations, type D1Migration } from 'cloudflare:test';
import { env } from 'cloudflare:workers';

/** What the test configuration binds beside the Worker's own environment. */
interface TestEnv {
  DB: D1Database;
  ACME__DB: D1Database;
  MIGRATIONS: D1Migration[];
}

const { DB, ACME__DB, MIGRATIONS } = env as unknown as TestEnv;
await applyD1Migrations(DB, MIGRATIONS);
await applyD1Migrations(ACME__DB, MIGRATIONS);

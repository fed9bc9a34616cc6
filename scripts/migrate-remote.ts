// `npm run db:migrate [-- --dry-run]`: brings the database of every stack up to date.
import { migrateOnly } from './operator/deploy-all.ts';
import { runScript } from './operator/script.ts';

await runScript(migrateOnly);

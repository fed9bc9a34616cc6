// Whether the tables that several rooms have to do with are changed by the room that owns them alone.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const SRC = join(import.meta.dirname, '..', '..', 'src');

/** Which room of src/ inserts, changes and removes the rows of a table; the others call its functions. */
const OWNERS: Record<string, string> = {
  messages: 'inbox',
  messages_search: 'inbox',
  chats: 'inbox',
  chats_search: 'inbox',
  counters: 'inbox',
  deliveries: 'webhooks',
  attempts: 'webhooks',
  chat_queue: 'webhooks',
};

const TABLES = Object.keys(OWNERS).join('|');

/** SQL, with the table's name or the schema's table in it, and drizzle's builder. */
const WRITE = new RegExp(
  String.raw`(?:(?:insert(?:\s+or\s+\w+)?\s+into|update(?:\s+or\s+\w+)?|delete\s+from)\s+(?:\$\{)?|\.(?:insert|update|delete)\()(${TABLES})\b`,
  'gi',
);

const strangers = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts') && !/\.(test|setup|test-support)\.ts$/.test(path))
  .flatMap((path) => {
    const room = path.split(/[\\/]/)[0];
    const text = readFileSync(join(SRC, path), 'utf8');
    return [...text.matchAll(WRITE)].flatMap(([, table = '']) => {
      const owner = OWNERS[table.toLowerCase()];
      return owner === room ? [] : [`src/${path} writes to ${table}, which src/${owner}/ owns.`];
    });
  });

if (strangers.length > 0) {
  console.error(strangers.join('\n'));
  process.exitCode = 1;
}

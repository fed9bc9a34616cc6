// `npm run import -- --stack acme`: takes what an export has written into an empty stack.
import { importStack } from './transfer/import-stack.ts';
import { runTransfer } from './transfer/run-transfer.ts';

const USAGE = `TOKEN=<token of an admin> npm run import -- [--stack NAME] [--url URL] [--dir FOLDER]

  --url   where the empty stack is; http://localhost:8787 or http://NAME.localhost:8787 unless said
  --dir   what \`npm run export\` has written; waypost-NAME unless said. An import that ended goes on`;

await runTransfer(USAGE, importStack);

// `npm run export -- --stack acme`: writes everything that a stack has into a folder.
import { exportStack } from './transfer/export-stack.ts';
import { runTransfer } from './transfer/run-transfer.ts';

const USAGE = `TOKEN=<token of an admin> npm run export -- [--stack NAME] [--url URL] [--dir FOLDER]

  --url   where the stack is; http://localhost:8787 or http://NAME.localhost:8787 unless said
  --dir   where to; waypost-NAME unless said. An export that ended there goes on`;

await runTransfer(USAGE, exportStack);

import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { StartProblem } from '../local/start-problem.ts';
import type { ExportJob } from './export-stack.ts';
import { stackUrl, tokenOf } from './transfer-api.ts';

/** Reads the flags that both scripts have, and runs one; what people can mend is said without a stack trace. */
export async function runTransfer(
  usage: string,
  work: (job: ExportJob) => Promise<unknown>,
): Promise<void> {
  try {
    const { values } = parseArgs({
      options: {
        stack: { type: 'string' },
        url: { type: 'string' },
        dir: { type: 'string' },
        help: { type: 'boolean' },
      },
    });
    if (values.help === true) {
      console.log(usage);
      return;
    }
    const dir = resolve(values.dir ?? `waypost-${values.stack ?? 'default'}`);
    const url = stackUrl(values.url, values.stack);
    await work({ url, token: tokenOf(process.env), dir, print: console.log });
    console.log(`Done: ${dir}`);
  } catch (error) {
    const isExpected = error instanceof StartProblem || error instanceof TypeError;
    console.error(isExpected ? error.message : error);
    process.exitCode = 1;
  }
}

import { join, resolve } from 'node:path';
import { choosePorts } from '../scripts/local/ports.ts';
import { readSettings } from '../scripts/local/settings.ts';
import type { Environment } from '../scripts/local/stack-setting.ts';
import { Closers } from './closers.ts';
import type { Options } from './options.ts';
import { progressOn } from './progress.ts';
import type { SectionResult } from './results.ts';
import { runSection } from './run-section.ts';
import { takeStateFolder } from './state-folder.ts';

const ROOT = join(import.meta.dirname, '..');

/** Beside the folder of `npm start`, never in it. */
const STATE_DIR = join('.wrangler', 'bench');

/** The router's and its sandbox's. */
const PORTS = 2;

/** A bench that may begin. */
export interface Bench {
  /** Runs the sections one after the other, until it is closed. */
  run(): Promise<SectionResult[]>;
  /** Ends what is under way and removes what is left, at any time. */
  close(): Promise<void>;
}

/**
 * Takes what the bench needs: `PORT` and the next one, and the folder `STATE_DIR`. Throws StartProblem
 * where a port is taken or the folder holds something.
 */
export async function startBench(options: Options, env: Environment): Promise<Bench> {
  const port = await choosePorts(readSettings(env, ROOT).port, PORTS);
  const stateDir = resolve(ROOT, env['STATE_DIR'] || STATE_DIR);
  const removeState = takeStateFolder(stateDir);
  const progress = progressOn(process.stderr);
  const closers = new Closers();
  const place = { port, stateDir: join(stateDir, 'router') };
  let isClosed = false;
  return {
    run: async () => {
      const results: SectionResult[] = [];
      for (const section of options.sections) {
        if (isClosed) break;
        results.push(await runSection(section, { options, place, progress, closers }));
      }
      progress.clear();
      return results;
    },
    close: async () => {
      isClosed = true;
      await closers.closeAll();
      removeState();
    },
  };
}

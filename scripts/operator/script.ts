import { StartProblem } from '../local/start-problem.ts';

/** Runs one of the operator's scripts; what they can mend is said without a stack trace. */
export async function runScript(script: () => Promise<void>): Promise<void> {
  try {
    await script();
  } catch (error) {
    console.error(error instanceof StartProblem ? error.message : error);
    process.exitCode = 1;
  }
}

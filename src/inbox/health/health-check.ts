import { WaypostError } from '../../error.ts';
import { logError } from '../../log.ts';

/** What a check came to, in a sentence for the people of the inbox. */
export interface Finding {
  isOk: boolean;
  message: string;
}

/** One thing to look at. What `run` throws is a finding, too. */
export interface HealthCheck {
  name: string;
  run(): Promise<Finding>;
}

/** A finding as the API shows it (spec: listHealthStatuses). */
export interface HealthStatus {
  check_name: string;
  is_ok: boolean;
  message: string;
}

/** Somebody waits for the answer; what does not answer by then is not well. */
const DEADLINE_MS = 8_000;

/** Runs all checks side by side, each for as long as `deadlineMs` at most. Never rejects. */
export async function runChecks(
  checks: readonly HealthCheck[],
  deadlineMs: number = DEADLINE_MS,
): Promise<HealthStatus[]> {
  return Promise.all(checks.map((check) => runCheck(check, deadlineMs)));
}

async function runCheck(check: HealthCheck, deadlineMs: number): Promise<HealthStatus> {
  const finding = await Promise.race([settled(check), expiry(deadlineMs)]);
  return { check_name: check.name, is_ok: finding.isOk, message: finding.message };
}

async function settled(check: HealthCheck): Promise<Finding> {
  try {
    return await check.run();
  } catch (error) {
    if (error instanceof WaypostError) return { isOk: false, message: error.message };
    // What it says in detail is for those who operate the stack.
    logError('health_check_failed', error, { check: check.name });
    return { isOk: false, message: 'It does not answer.' };
  }
}

function expiry(deadlineMs: number): Promise<Finding> {
  const message = `No answer within ${deadlineMs / 1000} seconds.`;
  return new Promise((resolve) => {
    setTimeout(() => resolve({ isOk: false, message }), deadlineMs);
  });
}

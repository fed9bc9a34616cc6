/** What goes wrong: any call with probability `rate`; all calls of a kind while that is down. */
export interface FaultSettings {
  rate: number;
  storageDown: boolean;
  queuesDown: boolean;
}

/** Whose calls fail: D1 and R2, or the queues. */
export type FaultKind = 'storage' | 'queues';

/** When a call fails: before it is made, or after it took effect, with its answer lost. */
type Moment = 'before' | 'after';

/** As D1, R2 and Queues say it when a connection breaks: they do not say whether the call took effect. */
const WORDS: Record<FaultKind, string> = {
  storage: 'D1_ERROR: Network connection lost.',
  queues: 'Queue send failed: Network connection lost.',
};

const settings: FaultSettings = { rate: 0, storageDown: false, queuesDown: false };

/** How many calls were made, and how many failed before and after they took effect. */
const counts = { calls: 0, before: 0, after: 0 };

/** Changes what goes wrong from now on; what is left out stays as it is. */
export function changeFaults(change: Partial<FaultSettings>): void {
  Object.assign(settings, change);
}

/** The settings and what came of them so far. */
export function faultReport(): FaultSettings & typeof counts {
  return { ...settings, ...counts };
}

/** Makes a call, or fails as the settings say. A read has no effect to lose its answer after. */
export async function withFaults<Result>(
  kind: FaultKind,
  isRead: boolean,
  call: () => Promise<Result>,
): Promise<Result> {
  counts.calls += 1;
  const moment = nextFault(kind, isRead);
  if (moment !== undefined) counts[moment] += 1;
  if (moment === 'before') throw new Error(WORDS[kind]);
  const result = await call();
  if (moment === 'after') throw new Error(WORDS[kind]);
  return result;
}

function nextFault(kind: FaultKind, isRead: boolean): Moment | undefined {
  const isDown = kind === 'storage' ? settings.storageDown : settings.queuesDown;
  if (isDown) return 'before';
  if (Math.random() >= settings.rate) return undefined;
  return isRead || Math.random() < 0.5 ? 'before' : 'after';
}

import type { StackContext } from '../store/open-stack.ts';
import { attempt, type Attempt } from '../outbound/attempt.ts';
import { urlPolicyOf } from '../outbound/url-guard.ts';
import type { WebhookDialects } from '../webhooks/dialect.ts';
import type { DeliveryRequest } from './event-item.ts';
import type { DueWork } from './report-due-work.ts';
import { reportDueWork, type DeliveryBells } from './report-due-work.ts';

/** What the lanes are handed from above them. */
export interface DialectDeps {
  /** How webhooks of other dialects are told of events. */
  dialects: WebhookDialects;
}

/** What the lanes need of the world. */
export interface DeliveryDeps extends DialectDeps {
  stack: StackContext;
  attempt(request: DeliveryRequest): Promise<Attempt>;
  /** How many attempts may be open at once. */
  maxInFlight: number;
  /** A run of the fast lane begins no attempt later; what is left then goes to the slow lane. */
  maxRunMs: number;
  /** Milliseconds. */
  now(): number;
  /** From 0 up to 1: spreads retries. */
  random(): number;
  sleep(ms: number): Promise<void>;
  /** Tells what is left for the slow lane, where that is known only after the batch. */
  report(dueWork: DueWork): Promise<void>;
  /** Tells that events of our own were written, such as that of a webhook that was disabled. */
  announce(): Promise<void>;
  /** Lets work outlive the batch that began it. */
  later(work: Promise<void>): void;
}

/** The deps of a real invocation. */
export function deliveryDeps(
  stack: StackContext,
  ctx: Pick<ExecutionContext, 'waitUntil'>,
  bells: DeliveryBells & DialectDeps,
  bounds: Pick<DeliveryDeps, 'maxInFlight' | 'maxRunMs'>,
): DeliveryDeps {
  const { name } = stack.config;
  const policy = urlPolicyOf(stack.config);
  return {
    stack,
    dialects: bells.dialects,
    attempt: ({ deadlineMs, ...request }) => attempt(request, { ...policy, deadlineMs }),
    now: () => Date.now(),
    random: () => Math.random(),
    sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    report: (dueWork) => reportDueWork(name, dueWork, bells),
    announce: () => bells.announce(name),
    ...bounds,
    later: (work) => ctx.waitUntil(work),
  };
}

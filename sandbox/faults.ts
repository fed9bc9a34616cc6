import { z } from 'zod';

/** What is to go wrong, with which requests to WABA, and how often. */
export type FaultRule = {
  /** Any method when left out. */
  method?: string | undefined;
  /** An exact path, or a beginning followed by `*`; any path when left out. */
  path?: string | undefined;
  /** How many matching requests it hits. */
  times: number;
  /** Answer with this status and do nothing else. 500 when the rule names no other fault. */
  status?: number | undefined;
  /** The body of that answer; a string goes out as it is, anything else as JSON. */
  body?: unknown;
  /** More headers of that answer, `Retry-After` say. */
  headers?: Record<string, string> | undefined;
  /** Do what was asked, then break the connection instead of answering. */
  dropAfterAccept?: boolean | undefined;
  /** Hold the answer back so long, in milliseconds. What was asked is done at once. */
  hangMs?: number | undefined;
};

/** A rule as it comes in over HTTP. */
export const FAULT_RULE = z.strictObject({
  method: z.string().optional(),
  path: z.string().startsWith('/').optional(),
  times: z.int().min(1).default(1),
  status: z.int().min(200).max(599).optional(),
  body: z.unknown().optional(),
  headers: z.record(z.string(), z.string()).optional(),
  dropAfterAccept: z.boolean().optional(),
  hangMs: z.int().min(0).optional(),
});

/** The faults still to come, in the order they were asked for. */
export class Faults {
  readonly #pending: FaultRule[] = [];

  /** Adds a rule behind those already there. */
  add(rule: FaultRule): void {
    const silent = rule.dropAfterAccept === true || rule.hangMs !== undefined;
    this.#pending.push({ ...rule, status: rule.status ?? (silent ? undefined : 500) });
  }

  /** Forgets every rule. */
  clear(): void {
    this.#pending.length = 0;
  }

  /** The oldest rule that fits this request, used up by one; undefined when none fits. */
  take(method: string, path: string): FaultRule | undefined {
    const index = this.#pending.findIndex((rule) => fits(rule, method, path));
    const rule = this.#pending[index];
    if (!rule) return undefined;
    rule.times -= 1;
    if (rule.times <= 0) this.#pending.splice(index, 1);
    return rule;
  }
}

function fits(rule: FaultRule, method: string, path: string): boolean {
  if (rule.method !== undefined && rule.method.toUpperCase() !== method) return false;
  if (rule.path === undefined) return true;
  return rule.path.endsWith('*') ? path.startsWith(rule.path.slice(0, -1)) : path === rule.path;
}

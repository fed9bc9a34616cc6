import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { DEFAULT_STACK, isStackName } from '../local/stack-setting.ts';
import { StartProblem } from '../local/start-problem.ts';

/** The operator's own file, beside wrangler.toml and in no commit. */
export const OPERATOR_FILE = 'waypost.json';

/** What a Worker and what is named after it may be called. */
const NAME = /^[a-z][a-z0-9-]{0,45}[a-z0-9]$/;
const HOST = /^(?=.{1,253}$)(?:[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?\.)+[a-z\d][a-z\d-]*[a-z\d]$/;

const vars = z.record(z.string().regex(/^[A-Z][A-Z\d_]*$/), z.string());

const stack = z
  .strictObject({
    host: z.string().regex(HOST, 'must be a host such as inbox.example.com').optional(),
    public_url: z.url({ protocol: /^https$/, error: 'must be an https address' }).optional(),
    database_id: z.string().optional(),
    vars: vars.default({}),
  })
  .prefault({});

const operator = z
  .strictObject({
    name: z
      .string()
      .regex(NAME, 'must be lower-case letters, digits and hyphens')
      .default('waypost'),
    account_id: z.string().optional(),
    vars: vars.default({}),
    stacks: z.record(z.string(), stack).default({}),
    /** What else of wrangler's configuration is this deployment's, by its keys. */
    wrangler: z.record(z.string(), z.unknown()).default({}),
  })
  .superRefine(({ stacks }, context) => {
    for (const [name, { host }] of Object.entries(stacks)) {
      const problem = stackProblem(name, host);
      if (problem !== undefined) {
        context.addIssue({ code: 'custom', path: ['stacks', name], message: problem });
      }
    }
  });

/** One deployment, as its operator wants it. */
export type Operator = z.infer<typeof operator>;

/** What speaks against a stack of this name at this host; undefined where nothing does. */
export function stackProblem(name: string, host: string | undefined): string | undefined {
  if (name === DEFAULT_STACK) return undefined;
  if (!isStackName(name)) return 'a stack is named by letters, digits and hyphens, as hosts are';
  if (host === undefined) return 'a further stack needs a host of its own';
  if (host.startsWith(`${name}.`)) return undefined;
  return `the host of stack ${name} must begin with "${name}.", by which it is found`;
}

/** Checks what a script made or a person wrote. Throws StartProblem naming each key that is wrong. */
export function checkOperator(value: unknown): Operator {
  const parsed = operator.safeParse(value);
  if (parsed.success) {
    return { ...parsed.data, stacks: { [DEFAULT_STACK]: { vars: {} }, ...parsed.data.stacks } };
  }
  const problems = parsed.error.issues.map(
    ({ path, message }) => `  ${path.join('.')}: ${message}`,
  );
  throw new StartProblem(`${OPERATOR_FILE} is wrong:\n${problems.join('\n')}`);
}

/** Reads the file in the repository's folder; undefined where there is none. Throws StartProblem where it is wrong. */
export function readOperator(root: string): Operator | undefined {
  const path = join(root, OPERATOR_FILE);
  if (!existsSync(path)) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new StartProblem(`${OPERATOR_FILE} is no JSON: ${why}`);
  }
  return checkOperator(value);
}

/** Writes it whole or not at all. */
export function writeOperator(root: string, value: Operator): void {
  const path = join(root, OPERATOR_FILE);
  writeFileSync(`${path}.new`, `${JSON.stringify(value, null, 2)}\n`);
  renameSync(`${path}.new`, path);
}

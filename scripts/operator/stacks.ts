import { DEFAULT_STACK } from '../local/stack-setting.ts';
import { StartProblem } from '../local/start-problem.ts';
import { checkOperator, stackProblem, type Operator } from './operator-file.ts';

/**
 * The operator's file with a stack in it, at `host` if one is given; what it says of the stack so far stays. Of a
 * further stack the host is by default beside the default one's. Throws StartProblem where it cannot be there.
 */
export function withStack(operator: Operator, stack: string, host: string | undefined): Operator {
  const known = operator.stacks[stack];
  const wanted = host ?? known?.host ?? hostBeside(operator, stack);
  const problem = stackProblem(stack, wanted);
  if (problem !== undefined) throw new StartProblem(`${capital(problem)}: say --host.`);
  const { public_url: publicUrl, ...rest } = known ?? { vars: {} };
  const address = wanted === undefined ? { public_url: publicUrl } : { host: wanted };
  return checkOperator({
    ...operator,
    stacks: { ...operator.stacks, [stack]: { ...rest, ...address } },
  });
}

/** Where a stack is served, as far as its operator has said. */
export function baseOf({
  host,
  public_url: publicUrl,
}: Operator['stacks'][string]): string | undefined {
  return publicUrl ?? (host === undefined ? undefined : `https://${host}`);
}

/** The operator's file without a stack. Throws StartProblem where it is not in it, or is the default one. */
export function withoutStack(operator: Operator, stack: string): Operator {
  if (stack === DEFAULT_STACK) throw new StartProblem('The default stack cannot be removed.');
  const { [stack]: removed, ...stacks } = operator.stacks;
  if (removed === undefined) throw new StartProblem(`There is no stack ${stack}.`);
  return { ...operator, stacks };
}

/** `acme.example.com` where the default stack is at `inbox.example.com`. */
function hostBeside({ stacks }: Operator, stack: string): string | undefined {
  const [, ...domain] = stacks[DEFAULT_STACK]?.host?.split('.') ?? [];
  return stack === DEFAULT_STACK || domain.length < 2 ? undefined : [stack, ...domain].join('.');
}

function capital(sentence: string): string {
  return `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}`;
}

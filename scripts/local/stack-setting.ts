/** Variables by name, as `process.env` has them. */
export type Environment = Readonly<Record<string, string | undefined>>;

export const DEFAULT_STACK = 'default';

/** A stack's name is a host's first label, and a prefix of variables; the others here mean something already. */
const STACK_NAME = /^[a-z][a-z0-9-]*$/;
const TAKEN_NAMES = /^(?:default|localhost|www|websockets-.*)$/;

/** Whether a further stack may be called so. */
export function isStackName(name: string): boolean {
  return STACK_NAME.test(name) && !TAKEN_NAMES.test(name);
}

/** What a stack gets unless the environment says otherwise. */
const DEFAULTS: Readonly<Record<string, string>> = {
  D360_API_KEY: 'sandbox-key',
  WEBHOOK_TOKEN: 'local-webhook-token',
  ADMIN_USERNAME: 'admin',
  ADMIN_PASSWORD: 'admin',
  ALLOW_PRIVATE_TARGETS: 'true',
  DIALECTS: 'chatapp,qontak,chattu',
};

/** Name of a stack's variable or binding: `ACME__DB` for `acme`, `DB` for the default stack. */
export function nameFor(stack: string, name: string): string {
  if (stack === DEFAULT_STACK) return name;
  return `${stack.toUpperCase().replaceAll('-', '_')}__${name}`;
}

/** The host and port at which a stack is served. */
export function hostOf(stack: string, port: number): string {
  return stack === DEFAULT_STACK ? `localhost:${port}` : `${stack}.localhost:${port}`;
}

/**
 * A setting of a stack: its own, else the default stack's, else the default; an empty one counts as
 * not set. Deployed stacks never share credentials; here they do, so that `STACKS=acme` is enough.
 */
export function stackSetting(env: Environment, stack: string, name: string): string | undefined {
  return env[nameFor(stack, name)] || env[name] || DEFAULTS[name];
}

import { hostOf, nameFor, stackSetting, type Environment } from './stack-setting.ts';
import { StartProblem } from './start-problem.ts';

/** What the settings of a running router depend on, beside the environment. */
export type Surroundings = {
  stacks: readonly string[];
  /** The router's port. */
  port: number;
  /** Base URLs of the sandboxes, by stack. */
  sandboxUrls: ReadonlyMap<string, string>;
  /** The generated key, used unless the environment has one. */
  secretKey: string;
};

/** What every stack may have of its own; PUBLIC_URL is set apart, as no two can share it. */
const STACK_SETTINGS = [
  'WABA_API_URL',
  'D360_API_KEY',
  'META_ACCESS_TOKEN',
  'META_PHONE_NUMBER_ID',
  'META_WABA_ID',
  'META_APP_ID',
  'WEBHOOK_TOKEN',
  'META_APP_SECRET',
  'D360_PLATFORM_SECRET',
  'ADMIN_USERNAME',
  'ADMIN_PASSWORD',
  'ALLOW_PRIVATE_TARGETS',
  'MEDIA_LINKS',
  'FOREIGN_NUMBERS',
  'CORS_ORIGINS',
  'CONTACT_PROVIDERS',
  'SECRET_KEY',
  'OLD_SECRET_KEY',
  'EMAIL_FROM',
  'FCM_SERVICE_ACCOUNT',
  'RETENTION_LOG_DAYS',
  'RETENTION_EVENTS_DAYS',
  'RETENTION_MESSAGES_DAYS',
  'DATABASE_LIMIT_GB',
  'DIALECTS',
  'CHATAPP_LICENSE_ID',
  'CHATAPP_COMPANY_ID',
];

/** The Worker refuses a shorter one. */
const MIN_SECRET_LENGTH = 32;

/** The Worker's variables by name. Throws StartProblem naming one that the Worker would refuse. */
export function workerSettings(env: Environment, around: Surroundings): Record<string, string> {
  const settings: Record<string, string> = {};
  for (const stack of around.stacks) {
    for (const name of STACK_SETTINGS) {
      const value = stackSetting(env, stack, name);
      if (value !== undefined) settings[nameFor(stack, name)] = value;
    }
    const sandboxUrl = around.sandboxUrls.get(stack);
    if (sandboxUrl !== undefined) settings[nameFor(stack, 'WABA_API_URL')] = sandboxUrl;
    settings[nameFor(stack, 'PUBLIC_URL')] =
      env[nameFor(stack, 'PUBLIC_URL')] || `http://${hostOf(stack, around.port)}`;
  }
  // Stacks may share it: the Worker derives every stack's own keys from it.
  settings['SECRET_KEY'] ??= around.secretKey;
  for (const [name, value] of Object.entries(settings)) check(name, value);
  return settings;
}

function check(name: string, value: string): void {
  if (name.endsWith('_URL') && !URL.canParse(value)) {
    throw new StartProblem(`${name} must be an absolute URL, not "${value}".`);
  }
  if (name.endsWith('ALLOW_PRIVATE_TARGETS') && value !== 'true' && value !== 'false') {
    throw new StartProblem(`${name} must be true or false, not "${value}".`);
  }
  if (name.endsWith('FOREIGN_NUMBERS') && value !== 'forward' && value !== 'store') {
    throw new StartProblem(`${name} must be forward or store, not "${value}".`);
  }
  if (/_(DAYS|GB)$/.test(name) && !(Number(value) > 0)) {
    throw new StartProblem(`${name} must be a number above 0, not "${value}".`);
  }
  if (name.endsWith('SECRET_KEY') && value.length < MIN_SECRET_LENGTH) {
    throw new StartProblem(`${name} must have at least ${MIN_SECRET_LENGTH} characters.`);
  }
}

import { z } from 'zod';
import type { Env } from './bindings.ts';
import { contactProvidersSetting, type ContactProvider } from './contact-provider.ts';
import { credentialProblems } from './credential-problems.ts';
import type { OtherDialect } from './dialect-names.ts';
import { chatappIdSetting, dialectsSetting, stableInteger } from './dialect-settings.ts';
import { type FieldProblems, WaypostError } from './error.ts';
import {
  META_SETTINGS,
  type MetaAccess,
  metaAccessOf,
  metaProblems,
  wabaApiUrlOf,
} from './meta-access.ts';
import { fcmServiceAccountSetting, type FcmServiceAccount } from './fcm-service-account.ts';

/** The checked settings of one stack. */
export interface StackConfig {
  name: string;
  wabaApiUrl: string;
  d360ApiKey: string | undefined;
  /** Undefined where the number is 360dialog's. */
  meta: MetaAccess | undefined;
  webhookToken: string | undefined;
  metaAppSecret: string | undefined;
  platformSecret: string | undefined;
  secretKey: string;
  /** The one before, in a transition: it opens what it sealed and signed, and seals and signs nothing. */
  oldSecretKey: string | undefined;
  adminUsername: string | undefined;
  adminPassword: string | undefined;
  publicUrl: string | undefined;
  /** What links to files open with: a signature of their own, or the reader's token. */
  mediaLinks: 'signed' | 'token';
  /** The other origins whose pages may use the API, or `*` for any. */
  corsOrigins: readonly string[];
  allowPrivateTargets: boolean;
  /** Whether what is for other numbers is only forwarded, or stored in this inbox, too. */
  foreignNumbers: 'forward' | 'store';
  contactProviders: readonly ContactProvider[];
  /** The sender of e-mail; undefined where none is sent. */
  emailFrom: string | undefined;
  /** Who sends push messages; undefined where nobody does. */
  fcm: FcmServiceAccount | undefined;
  retention: Retention;
  /** Bytes; how large the stack's database may become. */
  databaseLimitBytes: number;
  /** The surfaces beside the first one that the stack has. */
  dialects: ReadonlySet<OtherDialect>;
  identity: StackIdentity;
}

/** What a stack is known as to those who speak another dialect; the same for as long as it lives. */
export interface StackIdentity {
  /** The stack's name. */
  name: string;
  /** The `https://host` of links, where it is known. */
  publicUrl: string | undefined;
  /** What ChatApp calls the licence and the company: one stack is one of each. */
  licenseId: number;
  companyId: number;
}

/** For how many days what is kept. */
export interface Retention {
  /** Attempts, receipts and ended deliveries. */
  logDays: number;
  /** Events, with their contents. */
  eventsDays: number;
  /** Messages, with their statuses and files; undefined for ever. */
  messagesDays: number | undefined;
}

/** The stack that needs no name: a host that is not of the form `{stack}.…` means it. */
export const DEFAULT_STACK = 'default';

const text = z.string().min(1).optional();

/** A century stands for "for ever", and keeps every date within what JavaScript can say. */
const MAX_DAYS = 36_500;

const days = z.coerce
  .number('must be a number of days')
  .positive('must be more than 0 days')
  .max(MAX_DAYS, `must be at most ${MAX_DAYS} days`);

/** Origins in a row, as a browser spells them in `Origin`; `*` means any. */
const origins = z
  .string()
  .default('')
  .transform((list) => list.split(/[\s,]+/).filter((origin) => origin !== ''))
  .refine((list) => list.every(isOrigin), 'must be origins such as https://crm.example.com, or *');

function isOrigin(value: string): boolean {
  return value === '*' || (URL.canParse(value) && new URL(value).origin === value);
}

const BYTES_PER_GB = 1_000_000_000;

/** An address that requests are sent to or links begin with. */
const httpUrl = z.url({
  protocol: /^https?$/,
  error: 'must be a URL such as https://inbox.example.com',
});

/** Every setting by its environment name. */
const SETTINGS = z
  .object({
    WABA_API_URL: httpUrl.optional(),
    D360_API_KEY: text,
    ...META_SETTINGS,
    WEBHOOK_TOKEN: text,
    META_APP_SECRET: text,
    D360_PLATFORM_SECRET: text,
    SECRET_KEY: z.string().min(32, 'must have at least 32 characters'),
    OLD_SECRET_KEY: z.string().min(32, 'must have at least 32 characters').optional(),
    ADMIN_USERNAME: text,
    ADMIN_PASSWORD: text,
    PUBLIC_URL: httpUrl.optional(),
    MEDIA_LINKS: z
      .enum(['signed', 'token'], { error: 'must be signed or token' })
      .default('signed'),
    CORS_ORIGINS: origins,
    CONTACT_PROVIDERS: contactProvidersSetting,
    EMAIL_FROM: z.email('must be an e-mail address').optional(),
    FCM_SERVICE_ACCOUNT: fcmServiceAccountSetting,
    ALLOW_PRIVATE_TARGETS: z
      .enum(['true', 'false'], { error: 'must be true or false' })
      .default('false'),
    FOREIGN_NUMBERS: z
      .enum(['forward', 'store'], { error: 'must be forward or store' })
      .default('forward'),
    RETENTION_LOG_DAYS: days.default(30),
    RETENTION_EVENTS_DAYS: days.default(90),
    RETENTION_MESSAGES_DAYS: days.optional(),
    // What one D1 database holds on the paid plan; on the free one it is 0.5 GB (D1's limits page).
    DATABASE_LIMIT_GB: z.coerce
      .number('must be a number')
      .positive('must be more than 0')
      .default(10),
    DIALECTS: dialectsSetting,
    CHATAPP_LICENSE_ID: chatappIdSetting,
    CHATAPP_COMPANY_ID: chatappIdSetting,
  })
  .refine((settings) => settings.RETENTION_LOG_DAYS <= settings.RETENTION_EVENTS_DAYS, {
    path: ['RETENTION_LOG_DAYS'],
    error: 'must not be more than RETENTION_EVENTS_DAYS',
  })
  .superRefine((settings, context) => {
    for (const [name, message] of metaProblems(settings)) {
      context.addIssue({ code: 'custom', path: [name], message });
    }
  });

/** What all stacks of a deployment may share; credentials of a number are never inherited. */
const SHARED_SETTINGS: ReadonlySet<string> = new Set([
  'WABA_API_URL',
  'SECRET_KEY',
  'OLD_SECRET_KEY',
  'ALLOW_PRIVATE_TARGETS',
  'MEDIA_LINKS',
  'FOREIGN_NUMBERS',
  'CORS_ORIGINS',
  'EMAIL_FROM',
  // The app on the phones is one, whichever inbox it shows.
  'FCM_SERVICE_ACCOUNT',
  'RETENTION_LOG_DAYS',
  'RETENTION_EVENTS_DAYS',
  'RETENTION_MESSAGES_DAYS',
  'DATABASE_LIMIT_GB',
  'DIALECTS',
]);

/** A host's label without underscores, which no host name has. */
const STACK_NAME = /^[a-z0-9-]+$/;

/** The name of a stack's own setting: `ACME__D360_API_KEY` for `acme`, `D360_API_KEY` for the default one. */
export function settingName(stack: string, name: string): string {
  return stack === DEFAULT_STACK ? name : `${prefixOf(stack)}__${name}`;
}

/** Reads it; an empty line in .dev.vars means "not set", and wrangler.toml has numbers and truths, too. */
function readOwn(env: Env, stack: string, name: string): unknown {
  const value: unknown = Reflect.get(env, settingName(stack, name));
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return value === '' ? undefined : value;
}

function prefixOf(stack: string): string {
  return stack.toUpperCase().replaceAll('-', '_');
}

/** `problems` by the names of settings and bindings, none of their values. */
function misconfigured(stack: string, problems: FieldProblems): WaypostError {
  const list = Object.entries(problems).flatMap(([name, own]) =>
    own.map((one) => `${name} ${one}`),
  );
  const sentence = `The settings of stack "${stack}" are wrong: ${list.join('; ')}`;
  return new WaypostError('misconfigured', sentence, { fields: problems });
}

/** What every deployment is bound to; docs and messages name the table of wrangler.toml that does it. */
const BINDINGS = {
  BUCKET: '[[r2_buckets]]',
  STACK: '[[durable_objects.bindings]]',
  EVENTS: '[[queues.producers]]',
  DUE: '[[queues.producers]]',
  MEDIA: '[[queues.producers]]',
} as const;

/** The bindings that a deployment lacks, each with what to do. */
export function missingBindings(env: Env): FieldProblems {
  const missing = Object.entries(BINDINGS).filter(([name]) => Reflect.get(env, name) === undefined);
  return Object.fromEntries(
    missing.map(([name, table]) => [name, [`is not bound: ${table} of the deployment has it`]]),
  );
}

/**
 * The database of a stack. Throws `not_found` where no such stack is configured, and `misconfigured` where
 * the default one has none.
 */
export function databaseOf(env: Env, stack: string): D1Database {
  // `a_b` and `a-b` share a prefix; only one of them may be a stack, or two objects would work one outbox.
  if (!STACK_NAME.test(stack)) throw new WaypostError('not_found', 'No such stack.');
  const database = stack === DEFAULT_STACK ? env.DB : env[`${prefixOf(stack)}__DB`];
  if (database !== undefined) return database;
  if (stack !== DEFAULT_STACK) throw new WaypostError('not_found', 'No such stack.');
  const problem = 'is not bound: [[d1_databases]] of the deployment has it';
  throw misconfigured(stack, { ...missingBindings(env), DB: [problem] });
}

/**
 * Reads and checks the settings of a stack. Throws `misconfigured` with every setting that is missing or
 * wrong, by the name that it has to be set under and without its value, so that a deployment says so
 * instead of half working; `alsoWrong` is told with them.
 */
export function readStackConfig(
  env: Env,
  stack: string,
  alsoWrong: FieldProblems = {},
): StackConfig {
  const raw: Record<string, unknown> = {};
  const names = new Map<string, string>();
  for (const name of Object.keys(SETTINGS.shape)) {
    const own = readOwn(env, stack, name);
    const isShared = own === undefined && SHARED_SETTINGS.has(name);
    raw[name] = isShared ? readOwn(env, DEFAULT_STACK, name) : own;
    names.set(name, settingName(isShared ? DEFAULT_STACK : stack, name));
  }
  const parsed = SETTINGS.safeParse(raw);
  const found = (parsed.error?.issues ?? []).map(({ code, path, message }): [string, string] => {
    const [name = '', ...inside] = path.map(String);
    if (code === 'invalid_type' && raw[name] === undefined) return [name, 'is missing'];
    return [name, inside.length === 0 ? message : `${message} (${inside.join('.')})`];
  });
  const problems: FieldProblems = { ...alsoWrong };
  for (const [name, problem] of [...found, ...credentialProblems(raw)]) {
    const setting = names.get(name) ?? name;
    problems[setting] = [...(problems[setting] ?? []), problem];
  }
  if (!parsed.success || Object.keys(problems).length > 0) throw misconfigured(stack, problems);
  const settings = parsed.data;
  const publicUrl = settings.PUBLIC_URL?.replace(/\/+$/, '');
  return {
    name: stack,
    wabaApiUrl: wabaApiUrlOf(settings),
    d360ApiKey: settings.D360_API_KEY,
    meta: metaAccessOf(settings),
    webhookToken: settings.WEBHOOK_TOKEN,
    metaAppSecret: settings.META_APP_SECRET,
    platformSecret: settings.D360_PLATFORM_SECRET,
    secretKey: settings.SECRET_KEY,
    oldSecretKey: settings.OLD_SECRET_KEY,
    adminUsername: settings.ADMIN_USERNAME,
    adminPassword: settings.ADMIN_PASSWORD,
    publicUrl,
    mediaLinks: settings.MEDIA_LINKS,
    corsOrigins: settings.CORS_ORIGINS,
    foreignNumbers: settings.FOREIGN_NUMBERS,
    allowPrivateTargets: settings.ALLOW_PRIVATE_TARGETS === 'true',
    contactProviders: settings.CONTACT_PROVIDERS,
    emailFrom: settings.EMAIL_FROM,
    fcm: settings.FCM_SERVICE_ACCOUNT,
    retention: {
      logDays: settings.RETENTION_LOG_DAYS,
      eventsDays: settings.RETENTION_EVENTS_DAYS,
      messagesDays: settings.RETENTION_MESSAGES_DAYS,
    },
    databaseLimitBytes: settings.DATABASE_LIMIT_GB * BYTES_PER_GB,
    dialects: settings.DIALECTS,
    identity: {
      name: stack,
      publicUrl,
      licenseId: settings.CHATAPP_LICENSE_ID ?? stableInteger(stack, 'license'),
      companyId: settings.CHATAPP_COMPANY_ID ?? stableInteger(stack, 'company'),
    },
  };
}

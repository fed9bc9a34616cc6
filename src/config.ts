import { z } from 'zod';
import type { Env } from './bindings.ts';
import { contactProvidersSetting, type ContactProvider } from './contact-provider.ts';
import { WaypostError } from './error.ts';
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

/** Who knows such a setting may speak for WhatsApp: a shorter one can be guessed. */
const MIN_CREDENTIAL_CHARACTERS = 8;

/** What a call of WABA's is known by. */
const CREDENTIALS = ['WEBHOOK_TOKEN', 'META_APP_SECRET', 'D360_PLATFORM_SECRET'] as const;

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
  .refine((list) => list.every(isOrigin), {
    error: 'must be origins such as https://crm.example.com, or *',
  });

function isOrigin(value: string): boolean {
  return value === '*' || (URL.canParse(value) && new URL(value).origin === value);
}

const BYTES_PER_GB = 1_000_000_000;

/** Every setting by its environment name. */
const SETTINGS = z
  .object({
    WABA_API_URL: z.url().optional(),
    D360_API_KEY: text,
    ...META_SETTINGS,
    WEBHOOK_TOKEN: text,
    META_APP_SECRET: text,
    D360_PLATFORM_SECRET: text,
    SECRET_KEY: z.string().min(32, 'must have at least 32 characters'),
    OLD_SECRET_KEY: z.string().min(32, 'must have at least 32 characters').optional(),
    ADMIN_USERNAME: text,
    ADMIN_PASSWORD: text,
    PUBLIC_URL: z.url().optional(),
    MEDIA_LINKS: z.enum(['signed', 'token']).default('signed'),
    CORS_ORIGINS: origins,
    CONTACT_PROVIDERS: contactProvidersSetting,
    EMAIL_FROM: z.email('must be an e-mail address').optional(),
    FCM_SERVICE_ACCOUNT: fcmServiceAccountSetting,
    ALLOW_PRIVATE_TARGETS: z.enum(['true', 'false']).default('false'),
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
  })
  .refine((settings) => settings.RETENTION_LOG_DAYS <= settings.RETENTION_EVENTS_DAYS, {
    path: ['RETENTION_LOG_DAYS'],
    error: 'must not be more than RETENTION_EVENTS_DAYS',
  })
  .superRefine((settings, context) => {
    for (const [name, message] of metaProblems(settings)) {
      context.addIssue({ code: 'custom', path: [name], message });
    }
    // Private targets are for a router on one's own machine, which nobody else can reach.
    if (settings.ALLOW_PRIVATE_TARGETS === 'true') return;
    for (const name of CREDENTIALS) {
      if ((settings[name]?.length ?? Infinity) >= MIN_CREDENTIAL_CHARACTERS) continue;
      const message = `must have at least ${MIN_CREDENTIAL_CHARACTERS} characters`;
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
]);

/** A host's label without underscores, which no host name has. */
const STACK_NAME = /^[a-z0-9-]+$/;

const WEBSOCKETS_PREFIX = 'websockets-';

/**
 * Which stack a host name means: the first label of `{stack}.example.com` or
 * `websockets-{stack}.example.com`; localhost, an IP address, a workers.dev host and the host of
 * PUBLIC_URL are the default stack.
 */
export function stackOfHost(hostname: string, publicUrl: string | undefined): string {
  const host = hostname.toLowerCase();
  const own = publicUrl === undefined ? undefined : new URL(publicUrl).hostname;
  if (host === own || host === `${WEBSOCKETS_PREFIX}${own}`) return DEFAULT_STACK;
  const isAddress = host.startsWith('[') || /^[\d.]+$/.test(host);
  const [label = '', ...rest] = host.split('.');
  if (isAddress || rest.length === 0 || host.endsWith('.workers.dev')) return DEFAULT_STACK;
  const stack = label.startsWith(WEBSOCKETS_PREFIX) ? label.slice(WEBSOCKETS_PREFIX.length) : label;
  return stack === 'localhost' ? DEFAULT_STACK : stack;
}

/** Whether websockets are served at `/` of this host. */
export function isWebsocketsHost(hostname: string): boolean {
  return hostname.toLowerCase().startsWith(WEBSOCKETS_PREFIX);
}

/** Reads a setting of a stack: `ACME__D360_API_KEY` for `acme`, `D360_API_KEY` for the default one. */
function readOwn(env: Env, stack: string, name: string): unknown {
  return Reflect.get(env, stack === DEFAULT_STACK ? name : `${prefixOf(stack)}__${name}`);
}

function prefixOf(stack: string): string {
  return stack.toUpperCase().replaceAll('-', '_');
}

/**
 * The database of a stack. Throws `not_found` where no such stack is configured.
 */
export function databaseOf(env: Env, stack: string): D1Database {
  // `a_b` and `a-b` share a prefix; only one of them may be a stack, or two objects would work one outbox.
  if (!STACK_NAME.test(stack)) throw new WaypostError('not_found', 'No such stack.');
  const database = stack === DEFAULT_STACK ? env.DB : env[`${prefixOf(stack)}__DB`];
  if (database === undefined) throw new WaypostError('not_found', 'No such stack.');
  return database;
}

/**
 * Reads and checks the settings of a stack. Throws an Error that names every setting that is missing
 * or wrong, so that a misconfigured deployment says so instead of half working.
 */
export function readStackConfig(env: Env, stack: string): StackConfig {
  const raw: Record<string, unknown> = {};
  for (const name of Object.keys(SETTINGS.shape)) {
    const own = readOwn(env, stack, name);
    const value =
      own ?? (SHARED_SETTINGS.has(name) ? readOwn(env, DEFAULT_STACK, name) : undefined);
    // An empty line in .dev.vars means "not set".
    raw[name] = value === '' ? undefined : value;
  }
  const parsed = SETTINGS.safeParse(raw);
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`);
    throw new Error(`The settings of stack "${stack}" are wrong: ${problems.join('; ')}`);
  }
  const settings = parsed.data;
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
    publicUrl: settings.PUBLIC_URL?.replace(/\/+$/, ''),
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
  };
}

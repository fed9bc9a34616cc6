import { adviceFor } from './advice.ts';

/** One line of the checklist. */
export type Finding = {
  /** `skipped` could not be looked at, and says what that would take. */
  state: 'ok' | 'bad' | 'skipped';
  name: string;
  message: string;
  /** What to do about it. */
  advice?: string;
};

/** What the examiner knows beside the address; secrets that are not given are not asked with. */
export type Credentials = {
  /** An API token of an admin: with it the account at WhatsApp is looked at, too. */
  token?: string | undefined;
  /** With it the number's webhook is checked. */
  webhookToken?: string | undefined;
};

/** What `/readyz` answers of, with the names of the checklist; the sentences say more. */
const ABILITIES: readonly [name: string, fine: string, sentence: RegExp][] = [
  ['Receiving', 'a webhook token or a signature secret is set', /^Nothing can be received/],
  ['Sending', "the number's key is set", /^Nothing can be sent/],
  ['Address', 'PUBLIC_URL is set', /^Nobody knows where/],
  ['Signing in', 'there is a user, or the first admin can be made', /^Nobody can sign in/],
  ['Migrations', 'the database has had all of them', /^The database is behind/],
  ['WhatsApp', 'it has not been silent for unusually long', /^WhatsApp has said nothing/],
  ['Webhooks', 'no delivery waits behind an open breaker', /behind .*breaker/],
];

const ANSWER_WITHIN_MS = 15_000;

/** Looks at a stack as an operator would, by its address alone. Returns the checklist, in the order to mend things. */
export async function examine(base: string, credentials: Credentials = {}): Promise<Finding[]> {
  const health = await ask(`${base}/healthz`);
  if (health.status !== 200) return [unreachable(base, health)];
  const findings: Finding[] = [
    { state: 'ok', name: 'Reachable', message: `${base} answers` },
    httpsFinding(base),
  ];
  const ready = await ask(`${base}/readyz`);
  findings.push(...readiness(base, ready));
  if (ready.status !== 200) return findings;
  findings.push(await webhookGuard(base));
  findings.push(await verifyToken(base, credentials.webhookToken));
  findings.push(...(await account(base, credentials.token)));
  findings.push(...(await socketsHost(base)));
  return findings;
}

type Answer = { status: number; text: string; body: Record<string, unknown>; problem?: string };

async function ask(url: string, init: RequestInit = {}): Promise<Answer> {
  try {
    const signal = AbortSignal.timeout(ANSWER_WITHIN_MS);
    const response = await fetch(url, { redirect: 'manual', ...init, signal });
    const text = await response.text();
    return { status: response.status, text, body: recordOf(text) };
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    const problem = cause instanceof Error ? cause.message : String(cause);
    return { status: 0, text: '', body: {}, problem };
  }
}

function recordOf(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

function unreachable(base: string, { status, problem }: Answer): Finding {
  const message = problem ?? `/healthz answers ${status} and not 200`;
  const advice = isLocal(base)
    ? 'start it with `npm start`, or give the address of a deployed one: `npm run doctor -- https://inbox.example.com`'
    : 'check the address; a new host of your own takes a few minutes. `npm run deploy` deploys';
  return { state: 'bad', name: 'Reachable', message: `${base}: ${message}`, advice };
}

function httpsFinding(base: string): Finding {
  if (base.startsWith('https:')) return { state: 'ok', name: 'HTTPS', message: 'is used' };
  if (isLocal(base)) return { state: 'skipped', name: 'HTTPS', message: 'not on this machine' };
  const advice = 'give the address with https://, and turn on "Always Use HTTPS" for the zone';
  return { state: 'bad', name: 'HTTPS', message: 'tokens would travel in the open', advice };
}

function readiness(base: string, { status, body, problem }: Answer): Finding[] {
  const { settings, detail, warnings = [], public_url: publicUrl } = body;
  if (typeof settings === 'object' && settings !== null) {
    return Object.entries(settings).map(([name, problems]): Finding => {
      const message = `${name} ${[problems].flat().join('; ')}`;
      return { state: 'bad', name: 'Settings', message, advice: adviceFor(message, isLocal(base)) };
    });
  }
  if (status === 404) {
    const { hostname } = new URL(base);
    const advice = `set PUBLIC_URL to ${base} if this is the default stack's host, else add the stack: \`npm run stack -- add ${hostname.split('.')[0]}\``;
    return [{ state: 'bad', name: 'Address', message: `no stack is at ${hostname}`, advice }];
  }
  if (status !== 200 || !Array.isArray(warnings)) {
    const message = problem ?? (typeof detail === 'string' ? detail : `/readyz answers ${status}`);
    const advice = adviceFor(message, isLocal(base));
    return [{ state: 'bad', name: 'Storage', message, advice }];
  }
  const sentences = warnings.map(String);
  return [
    { state: 'ok', name: 'Settings', message: 'none is wrong' },
    { state: 'ok', name: 'Storage', message: 'the database answers' },
    ...ABILITIES.flatMap(([name, fine, pattern]): Finding[] => {
      const own = sentences.filter((sentence) => pattern.test(sentence));
      if (own.length === 0) return [{ state: 'ok', name, message: fine }];
      return own.map((message) => warning(name, message, base));
    }),
    ...sentences
      .filter((sentence) => !ABILITIES.some(([, , pattern]) => pattern.test(sentence)))
      .map((message) => warning('Warning', message, base)),
    ...otherAddress(base, publicUrl),
  ];
}

function warning(name: string, message: string, base: string): Finding {
  return { state: 'bad', name, message, advice: adviceFor(message, isLocal(base)) };
}

function otherAddress(base: string, publicUrl: unknown): Finding[] {
  if (typeof publicUrl !== 'string' || new URL(publicUrl).host === new URL(base).host) return [];
  const message = `links and WhatsApp's webhook lead to ${publicUrl}, and this is ${base}`;
  return [{ state: 'bad', name: 'Address', message, advice: 'set PUBLIC_URL to this address' }];
}

async function webhookGuard(base: string): Promise<Finding> {
  const { status } = await ask(`${base}/waba/webhook`, { method: 'POST', body: '{}' });
  const name = 'Webhook';
  if (status === 401) return { state: 'ok', name, message: 'strangers cannot post as WhatsApp' };
  const message = `${base}/waba/webhook answers a stranger with ${status} and not 401`;
  return { state: 'bad', name, message, advice: 'look at what stands before the Worker' };
}

async function verifyToken(base: string, token: string | undefined): Promise<Finding> {
  const name = 'Webhook token';
  if (!token) {
    return { state: 'skipped', name, message: 'set WEBHOOK_TOKEN here to have it compared' };
  }
  const query = new URLSearchParams({
    'hub.mode': 'subscribe',
    'hub.verify_token': token,
    'hub.challenge': 'doctor',
  });
  const { text } = await ask(`${base}/waba/webhook?${query}`);
  if (text === 'doctor') return { state: 'ok', name, message: 'is the one given here' };
  const message = 'is another one than WEBHOOK_TOKEN here';
  const advice =
    'set it anew at the stack and at 360dialog: docs/deploy.md, "The number\'s webhook"';
  return { state: 'bad', name, message, advice };
}

/** What only an admin may see: the number, its key, its health and where its webhook points. */
async function account(base: string, token: string | undefined): Promise<Finding[]> {
  const name = 'Account';
  if (!token) {
    const message = 'set WAYPOST_TOKEN to an API token of an admin to have it looked at';
    return [{ state: 'skipped', name, message }];
  }
  const headers = { Authorization: `Token ${token}` };
  const { status, text } = await ask(`${base}/api/v1/status/health/`, { headers });
  if (status !== 200) {
    const message = `the token is not taken (${status})`;
    return [{ state: 'bad', name, message, advice: 'use the token of an admin of this stack' }];
  }
  const checks: { check_name: string; is_ok: boolean; message: string }[] = JSON.parse(text);
  return checks.map(({ check_name: check, is_ok: isOk, message }) =>
    isOk
      ? { state: 'ok', name: check, message }
      : { state: 'bad', name: check, message, advice: adviceFor(message, isLocal(base)) },
  );
}

/** Browsers of other products connect to the host beside; workers.dev has none. */
async function socketsHost(base: string): Promise<Finding[]> {
  const { host, hostname, protocol } = new URL(base);
  if (isLocal(base) || hostname.endsWith('.workers.dev')) return [];
  const beside = `${protocol}//websockets-${host}`;
  const { status, problem } = await ask(`${beside}/healthz`);
  const name = 'Websockets';
  if (status === 200) return [{ state: 'ok', name, message: `${beside} answers` }];
  const message = `${beside}: ${problem ?? status}`;
  const advice = '`npm run setup` gives it a route; without it websockets are at /ws only';
  return [{ state: 'bad', name, message, advice }];
}

function isLocal(base: string): boolean {
  return /^(?:localhost|.*\.localhost|127\..*|\[::1\])$/.test(new URL(base).hostname);
}

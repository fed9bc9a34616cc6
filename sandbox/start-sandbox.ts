import { once } from 'node:events';
import { Account } from './account.ts';
import { controlRoutes } from './control-routes.ts';
import { DOCUMENTED_FAILURES_PER_HOUR, FailedLookups } from './failed-lookups.ts';
import { Faults, type FaultRule } from './faults.ts';
import { sandboxServer } from './http-server.ts';
import {
  Ledger,
  type AccountChange,
  type ReadMark,
  type RequestLogEntry,
  type SentMessage,
  type Violation,
} from './ledger.ts';
import { MediaStore } from './media-store.ts';
import { metaRoutes } from './meta-routes.ts';
import { Pauses } from './pauses.ts';
import { phoneRoutes } from './phone-routes.ts';
import { DOCUMENTED_LIMITS, Rate, type RateLimits } from './rate.ts';
import { wabaRoutes } from './waba-routes.ts';
import { WebhookPoster, type WebhookCounts } from './webhook-poster.ts';
import type { World } from './world.ts';

export type {
  AccountChange,
  FaultRule,
  ReadMark,
  RequestLogEntry,
  SentMessage,
  Violation,
  WebhookCounts,
};

/** How a sandbox is to behave. Rate limits left out are WhatsApp's documented ones. */
export type SandboxOptions = Partial<RateLimits> & {
  /** 0 takes any free port. */
  port: number;
  /** 360dialog's key, and the token of Meta's own API. */
  apiKey: string;
  /** What webhooks are signed with, as Meta does it; not at all unless given. */
  appSecret?: string | undefined;
  /** Where webhooks go until `POST /v1/configs/webhook` says otherwise; empty for nowhere. */
  webhookUrl: string;
  webhookHeaders: Record<string, string>;
  phoneNumberId?: string | undefined;
  displayPhoneNumber?: string;
  /** How long WABA takes to answer, in milliseconds; what was asked is done at once. 0 unless given. */
  answerDelayMs?: number;
  /** The pause before each of sent, delivered and read, in milliseconds. 150 unless given. */
  statusDelayMs?: number;
  /** Whether everybody may be sent any message, whenever they wrote last. WhatsApp's 24 hours unless given. */
  openWindows?: boolean;
  /** How long a media URL works, in milliseconds. Five minutes unless given. */
  mediaUrlLifeMs?: number;
  /** How many media look-ups may fail in an hour before they are blocked. 5 unless given. */
  failedLookupsPerHour?: number;
  log?: (line: string) => void;
};

/** A running sandbox, and all that happened in it. */
export type Sandbox = {
  url: string;
  port: number;
  /** Every accepted send, oldest first. */
  sent: readonly SentMessage[];
  /** The latest 10,000 requests. */
  requests: readonly RequestLogEntry[];
  violations: readonly Violation[];
  reads: readonly ReadMark[];
  /** Every accepted change of templates, profile, photo and blocks, oldest first. */
  changes: readonly AccountChange[];
  webhooks: Readonly<WebhookCounts>;
  /** Orders a fault for the next requests to WABA that fit the rule. */
  failNext(rule: FaultRule): void;
  /** Forgets the faults that have not happened yet. */
  clearFaults(): void;
  /** Stops serving and gives up on webhooks that have no 200 yet. */
  close(): Promise<void>;
};

const STATUS_DELAY_MS = 150;

/** Documented: the URL that `GET /{media-id}` gives works for five minutes. */
const MEDIA_URL_LIFE_MS = 5 * 60_000;

/** Starts a pretend 360dialog with pretend phones on loopback. Rejects when the port is taken. */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const log = options.log ?? (() => undefined);
  const world = createWorld(options, log);
  const { ledger, faults, pauses, poster } = world;
  const server = sandboxServer({
    world,
    wabaRoutes: wabaRoutes(world),
    metaRoutes: metaRoutes(world),
    localRoutes: [...phoneRoutes(world), ...controlRoutes(world)],
    answerDelayMs: options.answerDelayMs ?? 0,
    log,
  });
  server.listen(options.port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : options.port;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    sent: ledger.sent,
    requests: ledger.requests,
    violations: ledger.violations,
    reads: ledger.reads,
    changes: ledger.changes,
    webhooks: poster.counts,
    failNext: (rule) => faults.add(rule),
    clearFaults: () => faults.clear(),
    close: async () => {
      pauses.end();
      poster.close();
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

function createWorld(options: SandboxOptions, log: (line: string) => void): World {
  const pauses = new Pauses();
  const target = { url: options.webhookUrl, headers: options.webhookHeaders };
  return {
    apiKey: options.apiKey,
    number: {
      phoneNumberId: options.phoneNumberId ?? '106540352242922',
      displayPhoneNumber: options.displayPhoneNumber ?? '15550783881',
    },
    statusDelayMs: options.statusDelayMs ?? STATUS_DELAY_MS,
    openWindows: options.openWindows ?? false,
    ledger: new Ledger(),
    account: new Account(),
    media: new MediaStore(options.mediaUrlLifeMs ?? MEDIA_URL_LIFE_MS),
    failedLookups: new FailedLookups(options.failedLookupsPerHour ?? DOCUMENTED_FAILURES_PER_HOUR),
    rate: new Rate({
      numberPerSecond: options.numberPerSecond ?? DOCUMENTED_LIMITS.numberPerSecond,
      pairBurst: options.pairBurst ?? DOCUMENTED_LIMITS.pairBurst,
      pairRefillMs: options.pairRefillMs ?? DOCUMENTED_LIMITS.pairRefillMs,
    }),
    faults: new Faults(),
    poster: new WebhookPoster(target, pauses, log, options.appSecret),
    pauses,
  };
}

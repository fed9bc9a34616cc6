import { validateHeaderName, validateHeaderValue } from 'node:http';
import { z } from 'zod';
import type { Answer } from './answer.ts';
import { json } from './answer.ts';
import { WABA_ID } from './envelope.ts';
import { dialogError } from './meta-error.ts';
import { readJson, type RouteRequest } from './route.ts';
import type { World } from './world.ts';

const WEBHOOK_CONFIG = z.object({
  url: z.string(),
  headers: z.record(z.string(), z.string()).default({}),
});

const LOOPBACK_HOSTS = new Set(['localhost', '127.0.0.1', '[::1]']);

/** GET /v1/configs/webhook */
export function readWebhookConfig({ poster }: World): Answer {
  return json(200, poster.target);
}

/** GET /waba_webhook: the account's webhook, of which a sandbox has none, and the account's numbers. */
export function readAccountWebhook({ number }: World): Answer {
  const numbers = { phone_numbers: [number.displayPhoneNumber] };
  return json(200, { waba_id: WABA_ID, ...numbers, url: '', headers: {} });
}

/** POST /v1/configs/webhook: replaces URL and headers as a whole. */
export async function writeWebhookConfig(world: World, request: RouteRequest): Promise<Answer> {
  const config = WEBHOOK_CONFIG.safeParse(await readJson(request.message));
  if (!config.success) {
    return dialogError(400, 'url must be a string, headers an object of strings');
  }
  const fault = urlFault(config.data.url) ?? headerFault(config.data.headers);
  if (fault) return dialogError(400, fault);
  world.poster.target = config.data;
  return json(200, config.data);
}

/** 360dialog wants https, no port and no underscore; this machine itself is let off the first two. */
function urlFault(text: string): string | undefined {
  const url = URL.parse(text);
  if (!url || !['http:', 'https:'].includes(url.protocol)) return 'url must be a valid https URL';
  if (url.hostname.includes('_')) return 'url must not have an underscore in its host name';
  if (LOOPBACK_HOSTS.has(url.hostname)) return undefined;
  if (url.protocol !== 'https:') return 'url must be a valid https URL';
  return url.port === '' ? undefined : 'url must not have a port';
}

function headerFault(headers: Record<string, string>): string | undefined {
  try {
    for (const [name, value] of Object.entries(headers)) {
      validateHeaderName(name);
      validateHeaderValue(name, value);
    }
    return undefined;
  } catch {
    return 'headers must be valid HTTP headers';
  }
}

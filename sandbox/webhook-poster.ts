import { createHmac } from 'node:crypto';
import http from 'node:http';
import https from 'node:https';
import type { Pauses } from './pauses.ts';

/** Where webhooks go, and the headers that go with each. */
export type WebhookTarget = { url: string; headers: Record<string, string> };

/** How many webhooks were begun, how many requests that took, and how many got their 200. */
export type WebhookCounts = { posted: number; attempts: number; acknowledged: number };

/** 360dialog cuts a webhook request after five seconds. */
const DEADLINE_MS = 5_000;
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 5_000;

/** WABA delivers side by side; this many keeps well below the usual limit of open files. */
const MAX_SOCKETS = 512;

/** Shorter than the five seconds after which Node closes an idle connection at its end. */
const IDLE_SOCKET_MS = 4_000;

/** Posts webhooks until each got a 200, with growing pauses, as WABA does. */
export class WebhookPoster {
  /** May be changed at any time; attempts that follow use the new one. An empty URL drops webhooks. */
  target: WebhookTarget;
  readonly counts: WebhookCounts = { posted: 0, attempts: 0, acknowledged: 0 };
  readonly #pauses: Pauses;
  /** What bodies are signed with, as Meta does it. */
  readonly #appSecret: string | undefined;
  readonly #log: (line: string) => void;
  readonly #open = new Set<http.ClientRequest>();
  readonly #agents = [http.Agent, https.Agent].map(
    (Agent) => new Agent({ keepAlive: true, maxSockets: MAX_SOCKETS, timeout: IDLE_SOCKET_MS }),
  );
  #failing = false;

  constructor(
    target: WebhookTarget,
    pauses: Pauses,
    log: (line: string) => void,
    appSecret?: string,
  ) {
    this.target = target;
    this.#appSecret = appSecret;
    this.#pauses = pauses;
    this.#log = log;
  }

  /** Posts one body; true once it got its 200, false when the sandbox closed or no URL is set. */
  async post(body: string): Promise<boolean> {
    this.counts.posted += 1;
    let pause = FIRST_PAUSE_MS;
    while (!this.#pauses.ended && this.target.url !== '') {
      const outcome = await this.#attempt(body);
      this.#noteChange(outcome);
      if (outcome === 200) {
        this.counts.acknowledged += 1;
        return true;
      }
      await this.#pauses.wait(pause);
      pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
    }
    return false;
  }

  /** Breaks off what is under way. */
  close(): void {
    for (const request of this.#open) request.destroy();
    for (const agent of this.#agents) agent.destroy();
  }

  /** One request: its HTTP status, or why it has none. Redirects are not followed. */
  #attempt(body: string): Promise<number | string> {
    this.counts.attempts += 1;
    return new Promise((resolve) => {
      try {
        const request = this.#request(body);
        const deadline = setTimeout(() => {
          request.destroy(new Error('no answer within 5 s'));
        }, DEADLINE_MS);
        this.#open.add(request);
        request.on('response', (response) => {
          response.resume();
          resolve(response.statusCode ?? 0);
        });
        request.on('error', (error) => resolve(error.message));
        request.on('close', () => {
          clearTimeout(deadline);
          this.#open.delete(request);
          resolve('connection closed');
        });
        request.end(body);
      } catch (error) {
        resolve(String(error));
      }
    });
  }

  #request(body: string): http.ClientRequest {
    const url = new URL(this.target.url);
    const secure = url.protocol === 'https:';
    const headers: Record<string, string | number> = { 'content-type': 'application/json' };
    for (const [name, value] of Object.entries(this.target.headers)) {
      headers[name.toLowerCase()] = value;
    }
    if (this.#appSecret !== undefined) {
      const mac = createHmac('sha256', this.#appSecret).update(body).digest('hex');
      headers['x-hub-signature-256'] = `sha256=${mac}`;
    }
    headers['content-length'] = Buffer.byteLength(body);
    const options = { method: 'POST', headers, agent: this.#agents[secure ? 1 : 0] };
    return secure ? https.request(url, options) : http.request(url, options);
  }

  /** Says so once when the webhook begins to fail, and once when it answers again. */
  #noteChange(outcome: number | string): void {
    const fails = outcome !== 200;
    if (fails === this.#failing || this.#pauses.ended) return;
    this.#failing = fails;
    this.#log(fails ? `webhook fails: ${outcome}` : 'webhook answers 200 again');
  }
}

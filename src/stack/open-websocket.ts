import type { Context } from 'hono';
import type { Env } from '../bindings.ts';
import type { StackContext } from '../store/open-stack.ts';
import { isWebsocketsHost } from './stack-of-host.ts';

type WebsocketContext = Context<{ Bindings: Env; Variables: { stack: StackContext } }>;

/**
 * Opens a websocket: at `/ws` of any host and at `/` of a `websockets-…` host (spec: Websockets). On
 * other hosts `/` is the front page, which is a file.
 */
export async function openWebsocket(c: WebsocketContext): Promise<Response> {
  if (c.req.path === '/' && !isWebsocketsHost(new URL(c.req.url).hostname)) return c.notFound();
  if (c.req.header('upgrade')?.toLowerCase() !== 'websocket') {
    return c.json({ detail: 'Connect with a websocket client.' }, 426, { Upgrade: 'websocket' });
  }
  return c.env.STACK.getByName(c.var.stack.config.name).fetch(c.req.raw);
}

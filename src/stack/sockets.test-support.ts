import { exports } from 'cloudflare:workers';
import { expect } from 'vitest';
import { CUSTOMER, messageBody } from '../ingest/sample-bodies.test-support.ts';

/** A websocket client of the default stack, with all that it was sent. */
export interface Client {
  socket: WebSocket;
  frames: Record<string, unknown>[];
  closed: number | undefined;
}

const open: Client[] = [];
let ids = 0;

/** Opens a websocket. */
export async function connect(path = 'http://localhost/ws'): Promise<Client> {
  const response = await exports.default.fetch(path, { headers: { upgrade: 'websocket' } });
  const socket = response.webSocket;
  if (socket === null) throw new Error(`No websocket: ${response.status}`);
  const client: Client = { socket, frames: [], closed: undefined };
  socket.addEventListener('message', ({ data }) => {
    client.frames.push(data === 'pong' ? { pong: true } : JSON.parse(String(data)));
  });
  socket.addEventListener('close', ({ code }) => {
    client.closed = code;
  });
  socket.accept();
  open.push(client);
  return client;
}

/** Opens a websocket, sends its first frame and waits for an answer. */
export async function signIn(frame: { token: string; after?: unknown }): Promise<Client> {
  const client = await connect();
  client.socket.send(JSON.stringify(frame));
  await expect.poll(() => client.frames.length).toBeGreaterThan(0);
  return client;
}

/** Closes what was opened. */
export function closeClients(): void {
  for (const { socket } of open.splice(0)) socket.close();
}

/** Lets WABA tell of a new message; returns the message's id. */
export async function incoming(text = 'x', from = CUSTOMER): Promise<string> {
  const id = `wamid.socket.${(ids += 1)}`;
  const response = await exports.default.fetch('http://localhost/waba/webhook', {
    method: 'POST',
    headers: { authorization: 'Bearer test-webhook-token' },
    body: JSON.stringify(messageBody(id, { type: 'text', text: { body: text } }, from)),
  });
  expect(response.status).toBe(200);
  return id;
}

/** The WhatsApp ids of the messages in a client's frames. */
export function seenBy(client: Client): string[] {
  return client.frames.flatMap((frame) => {
    const payload = frame['waba_payload'] as { messages?: { id: string }[] } | undefined;
    return payload?.messages?.map((message) => message.id) ?? [];
  });
}

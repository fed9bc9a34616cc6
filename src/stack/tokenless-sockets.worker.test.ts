import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { env, exports } from 'cloudflare:workers';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { tokenFor } from '../api/api.test-support.ts';
import { attach, attachmentOf } from './sockets/attachment.ts';
import { closeClients, connect, signIn } from './sockets.test-support.ts';

const stub = env.STACK.getByName('default');
let token: string;

beforeAll(async () => {
  token = await tokenFor('admin', 'admin');
});

afterEach(async () => {
  closeClients();
  vi.restoreAllMocks();
  await expect.poll(() => stub.countSockets()).toBe(0);
});

/** Asks for a websocket from an address; returns the status and, where it is open, the socket. */
async function ask(address?: string): Promise<{ status: number; socket: WebSocket | null }> {
  const headers = { upgrade: 'websocket', ...(address && { 'CF-Connecting-IP': address }) };
  const response = await exports.default.fetch('http://localhost/ws', { headers });
  response.webSocket?.accept();
  return { status: response.status, socket: response.webSocket };
}

/** As if so much time had gone by since they were opened. */
async function age(ms: number): Promise<void> {
  await runInDurableObject(stub, (_object, state) => {
    for (const socket of state.getWebSockets()) {
      const attachment = attachmentOf(socket);
      attach(socket, { ...attachment, openedAt: attachment.openedAt - ms });
    }
  });
}

describe('a websocket that shows no token', () => {
  it('is closed by the alarm after ten seconds, also where the object was evicted meanwhile', async () => {
    const idle = await connect();
    const signedIn = await signIn({ token });
    const at = await runInDurableObject(stub, (_object, state) => state.storage.getAlarm());
    expect(at).toBeLessThanOrEqual(Date.now() + 10_000);
    await age(10_000);
    await evictDurableObject(stub, { webSockets: 'hibernate' });
    await runDurableObjectAlarm(stub);
    await expect.poll(() => idle.closed).toBe(1008);
    expect(signedIn.closed).toBeUndefined();
  });

  it('has its ten seconds, and the alarm comes when they are over', async () => {
    const idle = await connect();
    await age(5_000);
    await runDurableObjectAlarm(stub);
    expect(idle.closed).toBeUndefined();
    const at = await runInDurableObject(stub, (_object, state) => state.storage.getAlarm());
    expect(at).toBeLessThanOrEqual(Date.now() + 5_000);
  });

  it('is closed after three frames that are none', async () => {
    const client = await connect();
    for (const frame of ['x', '{}', 'y'.repeat(1_000_000)]) client.socket.send(frame);
    await expect.poll(() => client.closed).toBe(1008);
    expect(client.frames).toHaveLength(3);
  });

  it('does not get frames looked up that come all at once', async () => {
    const client = await connect();
    for (let n = 0; n < 200; n += 1) client.socket.send(JSON.stringify({ token: `guess${n}` }));
    await expect.poll(() => client.closed).toBe(1008);
    expect(client.frames.length).toBeLessThanOrEqual(3);
  });
});

describe('many websockets that show no token', () => {
  it('are refused with 429 from one address, and leave room for others', async () => {
    const mine = await Promise.all(Array.from({ length: 130 }, () => ask('192.0.2.1')));
    expect(mine.filter(({ status }) => status === 101)).toHaveLength(100);
    expect(mine.filter(({ status }) => status === 429)).toHaveLength(30);
    const other = await ask('192.0.2.2');
    expect(other.status).toBe(101);
    for (const { socket } of [...mine, other]) socket?.close();
  });

  it('are refused from all addresses together, until some have shown their token or are gone', async () => {
    const all = await Promise.all(Array.from({ length: 520 }, (_, n) => ask(`192.0.2.${n % 250}`)));
    const open = all.flatMap(({ socket }) => socket ?? []);
    expect(open).toHaveLength(500);
    expect(await ask('198.51.100.1')).toMatchObject({ status: 429 });
    open[0]?.send(JSON.stringify({ token }));
    open[1]?.close();
    await expect
      .poll(async () => {
        const { status, socket } = await ask('198.51.100.1');
        socket?.close();
        return status;
      })
      .toBe(101);
    for (const socket of open) socket.close();
  });

  it('have no line each in the log where they are refused, but one for all', async () => {
    const lines: string[] = [];
    vi.spyOn(console, 'log').mockImplementation((line: string) => {
      lines.push(line);
    });
    await runDurableObjectAlarm(stub);
    lines.splice(0);
    const all = await Promise.all(Array.from({ length: 120 }, () => ask('192.0.2.9')));
    await runDurableObjectAlarm(stub);
    expect(lines.filter((line) => line.includes('"status":429'))).toEqual([]);
    const told = lines.filter((line) => line.includes('sockets_refused'));
    expect(told.map((line) => JSON.parse(line))).toMatchObject([{ stack: 'default', refused: 20 }]);
    for (const { socket } of all) socket?.close();
  });
});

describe('a websocket that is signed in', () => {
  it('may say what it wants', async () => {
    const client = await signIn({ token });
    for (let n = 0; n < 5; n += 1) client.socket.send('{"type":"ping"}');
    await expect.poll(() => client.frames.length).toBe(6);
    expect(client.closed).toBeUndefined();
  });
});

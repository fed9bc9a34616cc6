import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { startReceiver } from './receiver.test-support.ts';

const started: ChildProcess[] = [];

afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address ? address.port : 0;
}

it.each(['SIGINT', 'SIGTERM'] as const)(
  'runs as a process of its own, set up by its environment, and stops on %s',
  async (signal) => {
    const receiver = await startReceiver();
    const port = await freePort();
    const child = spawn(process.execPath, [`${import.meta.dirname}/main.ts`], {
      env: {
        ...process.env,
        PORT: String(port),
        D360_API_KEY: 'from-env',
        WEBHOOK_TOKEN: 'token-from-env',
        WEBHOOK_URL: receiver.url,
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    started.push(child);
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    await once(child.stdout, 'data');
    expect(output).toBe(`sandbox listening on http://127.0.0.1:${port}\n`);

    const url = `http://127.0.0.1:${port}`;
    const headers = { 'D360-API-KEY': 'from-env' };
    expect((await fetch(`${url}/health_status`, { headers })).status).toBe(200);
    receiver.answers.push(...Array.from({ length: 50 }, () => 500));
    await fetch(`${url}/customers/16505551234/messages`, { method: 'POST', body: '{"text":"hi"}' });
    const [webhook] = await receiver.until(1);
    expect(webhook?.headers.authorization).toBe('Bearer token-from-env');

    child.kill(signal);
    expect(await once(child, 'exit')).toEqual([0, null]);
    await receiver.close();
  },
);

import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { listen } from '../test/support/listen.ts';
import { assertLoopback } from './loopback.ts';
import { startBench } from './start-bench.ts';
import { takeStateFolder } from './state-folder.ts';

const dir = mkdtempSync(join(tmpdir(), 'waypost-bench-'));

afterAll(() => rmSync(dir, { recursive: true, force: true }));

const nothing = { sections: [], isQuick: true, seed: 1, seconds: undefined };

describe('the bench', () => {
  it('refuses to start where its port is taken, and leaves nothing behind', async () => {
    const server = createServer();
    const { port } = new URL(await listen(server, 0));
    const stateDir = join(dir, 'state');
    await expect(startBench(nothing, { PORT: port, STATE_DIR: stateDir })).rejects.toThrow(
      `Port ${port} (the router) is already in use. Set PORT`,
    );
    expect(existsSync(stateDir)).toBe(false);
    server.close();
  });

  it('refuses to start where its folder holds something, which it leaves alone', async () => {
    writeFileSync(join(dir, 'precious'), '');
    await expect(startBench(nothing, { PORT: '0', STATE_DIR: dir })).rejects.toThrow(
      `${dir} is not empty. Remove it`,
    );
    expect(readdirSync(dir)).toContain('precious');
  });

  it('takes an empty folder, and removes it when it is done', () => {
    const stateDir = join(dir, 'mine');
    const remove = takeStateFolder(stateDir);
    expect(existsSync(stateDir)).toBe(true);
    remove();
    expect(existsSync(stateDir)).toBe(false);
  });

  it('sends to addresses of this machine only', () => {
    for (const url of ['http://127.0.0.1:8787/x', 'ws://127.0.0.1/ws', 'http://[::1]:1/']) {
      expect(() => assertLoopback(url)).not.toThrow();
    }
    for (const url of [
      'http://example.com/',
      'http://10.0.0.1/',
      'http://127.0.0.1.example.com/',
    ]) {
      expect(() => assertLoopback(url)).toThrow('loopback addresses only');
    }
  });
});

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { startPage } from './page.ts';

const FACTS = {
  port: 8787,
  stacks: ['default'],
  sandboxUrls: new Map([['default', 'http://127.0.0.1:8788']]),
  stateDir: '/state',
};

const README = readFileSync(join(import.meta.dirname, '..', '..', 'README.md'), 'utf8');

/** The commands in the shell blocks of a section of the README, each in one line. */
function commandsOf(title: string): string[] {
  const section = README.split(/^## /m).find((part) => part.startsWith(`${title}\n`)) ?? '';
  const blocks = [...section.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, block = '']) => block);
  return blocks.flatMap(commandLines);
}

function commandLines(text: string): string[] {
  const lines = text.replaceAll(/ *\\\n */g, ' ').split('\n');
  return lines.map((line) => line.trim()).filter((line) => line !== '');
}

describe('startPage', () => {
  it('begins with the line that scripts wait for', () => {
    expect(startPage({}, FACTS).split('\n')[0]).toBe('Waypost is ready on http://localhost:8787');
  });

  it.each([
    'http://localhost:8787/api/v1/',
    'ws://localhost:8787/ws',
    'http://localhost:8787/waba/webhook',
    'http://localhost:8788 (a sandbox)',
    'admin / admin',
    '/state',
  ])('tells %s', (address) => {
    expect(startPage({}, FACTS)).toContain(address);
  });

  it('tells the commands of the README, all of them, in its order', () => {
    const typed = commandLines(startPage({}, FACTS)).filter((line) =>
      /^(?:(?:export )?\w+=|curl |node )/.test(line),
    );
    expect(['npm start', ...typed]).toEqual(commandsOf('Try it'));
  });

  it('tells the address and the sandbox of every further stack', () => {
    const sandboxUrls = new Map([...FACTS.sandboxUrls, ['acme', 'http://127.0.0.1:8789']]);
    const page = startPage({}, { ...FACTS, stacks: ['default', 'acme'], sandboxUrls });
    expect(page).toContain('http://acme.localhost:8787, sandbox http://localhost:8789');
  });

  it('does not repeat a password that was given to it', () => {
    const page = startPage({ ADMIN_USERNAME: 'ann', ADMIN_PASSWORD: 'hunter2' }, FACTS);
    expect(page).not.toContain('hunter2');
    expect(page).toContain('ann / (ADMIN_PASSWORD)');
    expect(page).toContain('"password=$ADMIN_PASSWORD"');
  });

  it('says where the login no longer counts', () => {
    expect(startPage({}, FACTS)).not.toContain('no longer counts');
    expect(startPage({}, { ...FACTS, isLoginOld: true })).toContain('no longer counts');
  });

  it('quotes a name for the shell', () => {
    expect(startPage({ ADMIN_USERNAME: `o'neil $x` }, FACTS)).toContain(`'username=o'\\''neil $x'`);
  });

  it('names the WABA instead of the phone where there is no sandbox', () => {
    const env = { WABA_API_URL: 'https://waba.example' };
    const page = startPage(env, { ...FACTS, sandboxUrls: new Map() });
    expect(page).toContain('https://waba.example');
    expect(page).not.toContain('/customers/');
  });
});

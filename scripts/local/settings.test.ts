import { describe, expect, it } from 'vitest';
import { readSettings } from './settings.ts';

describe('readSettings', () => {
  it('needs no variable at all', () => {
    expect(readSettings({}, '/repo')).toEqual({
      port: 8787,
      stateDir: '/repo/.wrangler/state',
      stacks: ['default'],
      sandboxStacks: ['default'],
      isVerbose: false,
    });
  });

  it('takes an empty variable for one that is not set', () => {
    const empty = { PORT: '', STATE_DIR: '', STACKS: '', WABA_API_URL: '', VERBOSE: '' };
    expect(readSettings(empty, '/repo')).toEqual(readSettings({}, '/repo'));
  });

  it.each(['abc', '-1', '87.5', '8787x', ' 1', '65536', '999999'])(
    'refuses %j as a port and says what a port is',
    (PORT) => {
      expect(() => readSettings({ PORT }, '/repo')).toThrow(
        `PORT must be a whole number from 0 to 65534, not "${PORT}".`,
      );
    },
  );

  it('leaves room above the port for every sandbox, and for none where there is none', () => {
    expect(() => readSettings({ PORT: '65534', STACKS: 'acme' }, '/repo')).toThrow('0 to 65533');
    const withoutSandbox = { PORT: '65535', WABA_API_URL: 'https://waba.example' };
    expect(readSettings(withoutSandbox, '/repo').port).toBe(65_535);
  });

  it('reads STATE_DIR from the repository on, unless it is absolute', () => {
    expect(readSettings({ STATE_DIR: 'a/b' }, '/repo').stateDir).toBe('/repo/a/b');
    expect(readSettings({ STATE_DIR: '/a/b' }, '/repo').stateDir).toBe('/a/b');
  });

  it('lists every further stack once, in lower case', () => {
    const { stacks } = readSettings({ STACKS: ' acme, Beta-2 ,,acme' }, '/repo');
    expect(stacks).toEqual(['default', 'acme', 'beta-2']);
  });

  it.each(['ac_me', '1st', 'a.b', 'default', 'localhost', 'websockets-acme'])(
    'refuses %j as the name of a stack: no host could mean it',
    (name) => {
      expect(() => readSettings({ STACKS: `acme,${name}` }, '/repo')).toThrow(`not "${name}"`);
    },
  );

  it('gives a sandbox to the stacks that have no WABA of their own', () => {
    const env = { STACKS: 'acme,beta', ACME__WABA_API_URL: 'https://waba.example' };
    expect(readSettings(env, '/repo').sandboxStacks).toEqual(['default', 'beta']);
  });
});

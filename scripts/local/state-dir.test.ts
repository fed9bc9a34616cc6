import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { claimStateDir, secretKeyIn } from './state-dir.ts';

const dir = mkdtempSync(join(tmpdir(), 'waypost-state-'));

afterAll(() => rmSync(dir, { recursive: true, force: true }));

describe('secretKeyIn', () => {
  it('makes a key once and finds it again', () => {
    const key = secretKeyIn(dir);
    expect(key).toMatch(/^[\w-]{43}$/);
    expect(secretKeyIn(dir)).toBe(key);
  });

  it('lets nobody but its owner read the key', () => {
    secretKeyIn(dir);
    expect(statSync(join(dir, 'secret-key')).mode & 0o777).toBe(0o600);
  });
});

describe('claimStateDir', () => {
  it('makes the folder, and refuses it to a second router', () => {
    const state = join(dir, 'deep', 'state');
    claimStateDir(state);
    expect(() => claimStateDir(state)).toThrow(`Another Waypost is running on ${state}.`);
  });
});

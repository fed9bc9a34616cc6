import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
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

  it('says so where it is a file, or lies below one', () => {
    const file = join(dir, 'file');
    writeFileSync(file, '');
    expect(() => claimStateDir(file)).toThrow(`STATE_DIR ${file} is a file and no folder.`);
    const below = join(file, 'state');
    expect(() => claimStateDir(below)).toThrow(`STATE_DIR ${below} lies below a file.`);
  });

  it('says so where it cannot be made', () => {
    const long = join(dir, 'x'.repeat(300));
    expect(() => claimStateDir(long)).toThrow('cannot be used (ENAMETOOLONG). Set STATE_DIR');
  });
});

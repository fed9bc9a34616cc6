import { describe, expect, it } from 'vitest';
import { readOptions } from './options.ts';
import type { Section } from './section.ts';

const SECTIONS: Section[] = [
  { name: 'ingest', title: 'Answers', run: async () => undefined },
  { name: 'sockets', title: 'Frames', run: async () => undefined },
  { name: 'soak', title: 'An hour', isOnDemand: true, run: async () => undefined },
];

function namesOf(args: string[]): string[] {
  return readOptions(args, {}, SECTIONS).sections.map(({ name }) => name);
}

describe('the command line of the bench', () => {
  it('means all sections but those on demand when it names none', () => {
    expect(namesOf([])).toEqual(['ingest', 'sockets']);
  });

  it('picks sections by name, in their own order', () => {
    expect(namesOf(['soak', 'ingest'])).toEqual(['ingest', 'soak']);
  });

  it('is quick also where npm has kept the word for itself', () => {
    expect(readOptions(['--quick'], {}, SECTIONS).isQuick).toBe(true);
    expect(readOptions([], { npm_config_quick: 'true' }, SECTIONS).isQuick).toBe(true);
    expect(readOptions([], {}, SECTIONS).isQuick).toBe(false);
  });

  it('is told what there is when it names something else', () => {
    expect(() => namesOf(['ingets'])).toThrow(/no section "ingets"[^]*sockets +Frames/);
    expect(() => namesOf(['--fast'])).toThrow(/Usage/);
  });

  it('refuses a number that is none', () => {
    expect(() => namesOf(['--seconds', 'many'])).toThrow(/--seconds must be a whole number/);
    expect(() => namesOf(['--seed', '0'])).toThrow(/--seed must be a whole number/);
  });
});

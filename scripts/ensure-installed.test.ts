import { expect, it } from 'vitest';
import packageJson from '../package.json' with { type: 'json' };

const SCRIPTS: Record<string, string> = packageJson.scripts;
const HOOKS = new Set(Object.keys(SCRIPTS).map((name) => `pre${name}`));

it.each(Object.keys(SCRIPTS).filter((name) => !HOOKS.has(name)))(
  'sees to it that `npm run %s` works straight after a clone',
  (name) => {
    expect(SCRIPTS[`pre${name}`]).toBe('node scripts/ensure-installed.mjs');
  },
);

import { expect, it } from 'vitest';
import { missingFiles } from './missing-files.ts';

const FILES = ['README.md', 'src/waba/items.ts', 'src/store/schema.ts'];

const faultsOf = (path: string, text: string) => missingFiles(new Map([[path, text]]), FILES);

it('names what a document speaks of and is not there, and in which line', () => {
  const text = 'See `waba/items.ts`.\nAnd `ingest/items.ts`, `src/store/schema.ts`, README.md.';
  expect(faultsOf('docs/a.md', text)).toEqual([
    'docs/a.md:2 speaks of ingest/items.ts, which is not there',
  ]);
});

it.each([
  ['a line of its own', '// see start.ts'],
  ['a docstring', ' * As start.ts has it.'],
  ['a docstring of one line', '  /** See start.ts. */'],
  ['the end of a line', 'const limit = 3; // start.ts'],
  ['a setting', '# start.ts knows it by this name.'],
])('looks into comments: %s', (_where, text) => {
  expect(faultsOf('src/a.ts', text)).toEqual(['src/a.ts:1 speaks of start.ts, which is not there']);
});

it('leaves code alone, and what stands for several files', () => {
  expect(
    faultsOf('src/a.ts', "const text = 'start.ts';\n// All of *.test.ts, test/{a,b}.ts"),
  ).toEqual([]);
});

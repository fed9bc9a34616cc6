import { expect, it } from 'vitest';
import { systemTestsOf } from './system-tests.ts';

function calledIn(...lines: string[]): boolean {
  const files = [{ path: 'test/api/tags.test.ts', text: lines.join('\n') }];
  return systemTestsOf('listTags', files).length > 0;
}

it('names the files that call an operation, in their order', () => {
  const files = ['b', 'a', 'c'].map((name) => ({
    path: `test/${name}.test.ts`,
    text: name === 'c' ? '' : 'await admin.api.listTags();',
  }));
  expect(systemTestsOf('listTags', files)).toEqual(['test/b.test.ts', 'test/a.test.ts']);
});

it.each([
  ['of a client', 'expect(await api.listTags({ query: { limit: 1 } })).toEqual([]);'],
  ['over several lines', 'admin.api\n  .listTags()'],
  ['of a function of that name', 'const { body } = await listTags(url);'],
  ['beside an address', "fetch('https://example.com').then(() => api.listTags());"],
  ['before a comment', 'api.listTags(); // all of them'],
])('counts a call %s', (_name, ...lines) => {
  expect(calledIn(...lines)).toBe(true);
});

it.each([
  ['a comment', '// api.listTags()'],
  ['a comment behind code', 'const a = 1; // then api.listTags()'],
  ['a comment of several lines', '/* first', ' * api.listTags()', ' */'],
  ['a name alone', "import { listTags } from './x.ts';"],
  ['a function that is made', 'async function listTags(url) {}'],
  ['a longer name', 'api.listTagsAgain(); api.relistTags();'],
  ['a text', "it('api.listTags() works', () => {});"],
])('does not count %s', (_name, ...lines) => {
  expect(calledIn(...lines)).toBe(false);
});

import { expect, it } from 'vitest';
import type { LocatedOperation } from './api-operations.ts';
import { testsOf } from './test-files.ts';

const listTags: LocatedOperation = {
  operationId: 'listTags',
  method: 'GET',
  path: '/api/v1/tags/',
  responses: {},
  'x-path-source': 'documented',
};
const route = { path: 'src/api/tags/list-tags.ts', text: "operationId: 'listTags'" };
const beside = { path: 'src/api/tags/tags.worker.test.ts', text: "'/api/v1/tags/'" };
const twin = { path: 'src/api/tags/list-tags.worker.test.ts', text: '' };
const elsewhere = { path: 'src/api/a.worker.test.ts', text: "'/api/v1/tags/?limit=1'" };

it('finds the test of an operation by its name, then beside it, then by its path', () => {
  expect(testsOf(listTags, [route, beside, twin, elsewhere])).toEqual([twin.path]);
  expect(testsOf(listTags, [route, beside, elsewhere])).toEqual([beside.path]);
  expect(testsOf(listTags, [route, elsewhere])).toEqual([elsewhere.path]);
  expect(testsOf(listTags, [route])).toEqual([]);
});

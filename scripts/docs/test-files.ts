import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { LocatedOperation } from './api-operations.ts';

/** Where the operations are, and where whole routers are tested. */
const SOURCES = join('src', 'api');
const SYSTEM_TESTS = 'test';

/** A source file; `path` is relative to the repository, with slashes. */
export type SourceFile = { path: string; text: string };

/** All files that define operations of the API or test them, below `root`. */
export function apiSources(root: string): SourceFile[] {
  return filesIn(root, SOURCES, '.ts');
}

/** All tests of whole routers, below `root`. */
export function systemTests(root: string): SourceFile[] {
  return filesIn(root, SYSTEM_TESTS, '.test.ts');
}

function filesIn(root: string, folder: string, ending: string): SourceFile[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(ending))
    .sort()
    .map((name) => {
      const path = join(folder, name);
      return { path: path.replaceAll('\\', '/'), text: readFileSync(join(root, path), 'utf8') };
    });
}

/**
 * Finds the test files of an operation: the one named like its own file, else those beside it that
 * ask below its path, else any that do. Empty where nothing tests it.
 */
export function testsOf(operation: LocatedOperation, files: readonly SourceFile[]): string[] {
  const tests = files.filter(({ path }) => path.endsWith('.worker.test.ts'));
  const own = files.find(({ text }) => text.includes(`operationId: '${operation.operationId}'`));
  const folder = own === undefined ? '' : dirname(own.path);
  const twin = own?.path.replace(/\.ts$/, '.worker.test.ts');
  const stem = stemOf(operation.path);
  const choices = [
    tests.filter(({ path }) => path === twin),
    tests.filter(({ path, text }) => dirname(path) === folder && text.includes(stem)),
    tests.filter(({ path }) => dirname(path) === folder && path.includes(basename(folder))),
    tests.filter(({ path }) => dirname(path) === folder),
    tests.filter(({ text }) => text.includes(stem)),
  ];
  return (choices.find((choice) => choice.length > 0) ?? []).map(({ path }) => path);
}

/** The fixed part of a path, as tests write it: `/chats/` of `/api/v1/chats/{wa_id}/`. */
function stemOf(path: string): string {
  return path.replace(/^\/api\/v1/, '').replace(/\{.*$/, '');
}

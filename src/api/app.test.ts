import { describe, expect, it } from 'vitest';
import { createApi } from './app.ts';

describe('the OpenAPI document of the API', () => {
  const document = createApi().getOpenAPI31Document({
    openapi: '3.1.0',
    info: { title: 'Waypost', version: '1' },
  });
  const operations = Object.entries(document.paths ?? {}).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ path, method, operation })),
  );

  it('tells each operation once, by a name of its own', () => {
    const names = operations.map(({ operation }) => operation.operationId);
    expect(names).toContain('retrieveCurrentUser');
    expect(names.every((name: unknown) => typeof name === 'string' && name !== '')).toBe(true);
    expect(new Set(names).size).toBe(names.length);
  });

  it('says what each operation answers when it succeeds', () => {
    for (const { path, method, operation } of operations) {
      const successes = Object.keys(operation.responses).filter((status) => status.startsWith('2'));
      expect(successes, `${method} ${path}`).not.toEqual([]);
    }
  });

  it('shows a field that a form may send by the type it has', () => {
    const schema = JSON.stringify(document.components?.schemas?.['NewUser']);
    expect(schema).toContain('"can_use_tags":{"type":"boolean"}');
    expect(schema).toContain('"username":{"type":"string","maxLength":150');
  });
});

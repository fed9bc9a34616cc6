import { describe, expect, it } from 'vitest';
import { apiDocument } from './api-document.ts';
import { pathSourceOf } from './path-source.ts';

const document = apiDocument();
const operations = Object.values(document.paths ?? {}).flatMap((path) =>
  [path.get, path.put, path.post, path.delete, path.patch].filter((one) => one !== undefined),
);

function operationOf(name: string) {
  return operations.find(({ operationId }) => operationId === name);
}

describe('the document', () => {
  it('says of every operation how sure its path is', () => {
    for (const operation of operations) {
      expect(operation['x-path-source']).toBe(pathSourceOf(operation.operationId ?? ''));
    }
  });

  it('marks what no document of the service confirms, and what is our own', () => {
    expect(operationOf('listChats')?.description).toBeUndefined();
    expect(operationOf('retrieveGroup')?.description).toContain('inferred from its siblings');
    expect(operationOf('listDeliveries')?.description).toContain('An addition of Waypost');
  });

  it('says how to sign in, and what needs no signing in', () => {
    expect(Object.keys(document.components?.securitySchemes ?? {})).toContain('Token');
    expect(document.security).toContainEqual({ Token: [] });
    expect(operationOf('createAuthToken')?.security).toEqual([]);
    expect(operationOf('listChats')?.security).toBeUndefined();
  });

  it('requires no field of a change to a user', () => {
    const changes = JSON.stringify(document.components?.schemas?.['UserChanges']);
    expect(changes).toContain('username');
    expect(changes).not.toMatch(/required|NewUser/);
  });

  it('refers to nothing that is not in it', () => {
    const names = new Set(Object.keys(document.components?.schemas ?? {}));
    const references = JSON.stringify(document).matchAll(
      /"\$ref":"#\/components\/schemas\/([^"]+)"/g,
    );
    for (const [, name] of references) expect(names).toContain(name);
  });
});

import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** A JSON schema as far as it is read here. */
export type Schema = {
  $ref?: string;
  type?: string | string[];
  enum?: unknown[];
  const?: unknown;
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: boolean | Schema;
  items?: Schema;
  allOf?: Schema[];
  anyOf?: Schema[];
  oneOf?: Schema[];
  description?: string;
};

type Media = { content?: Record<string, { schema?: Schema }> };

/** An operation as the OpenAPI document has it. */
export type Operation = {
  operationId: string;
  summary?: string;
  tags?: string[];
  parameters?: { name: string; in: string; required?: boolean; schema?: Schema }[];
  requestBody?: Media;
  responses: Record<string, Media>;
  'x-path-source': 'documented' | 'inferred' | 'own';
};

/** The OpenAPI document of the API. */
export type ApiDocument = {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Schema> };
};

/** An operation with where it is; `method` in capitals. */
export type LocatedOperation = Operation & { method: string; path: string };

/** Makes the document from the routes of the repository at `root`. */
export async function loadApiDocument(root: string): Promise<ApiDocument> {
  // By an address that is not known before: the Worker's sources are checked with the Worker's types.
  const source = pathToFileURL(join(root, 'src', 'api', 'docs', 'api-document.ts')).href;
  const module: { apiDocument(): ApiDocument } = await import(source);
  return module.apiDocument();
}

/** All operations of a document, in its order. */
export function operationsOf({ paths }: ApiDocument): LocatedOperation[] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      ...operation,
      method: method.toUpperCase(),
      path,
    })),
  );
}

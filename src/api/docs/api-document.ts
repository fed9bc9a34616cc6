import { createApi } from '../app.ts';
import { pathSourceOf, type PathSource } from './path-source.ts';

type Document = ReturnType<ReturnType<typeof createApi>['getOpenAPI31Document']>;

const DESCRIPTION = `The get.chat Integration API as Waypost serves it, with what Waypost adds.

Sign in with \`Authorization: Token <token>\` (\`Bearer\` does, too); \`createAuthToken\` gives one for a
username and a password. Bodies are JSON, \`application/x-www-form-urlencoded\` or \`multipart/form-data\`.
Addresses work with and without their last slash. Lists are pages of \`limit\` from \`offset\` on. What is
wrong with a body is said by field, and in a sentence for people:
\`{"username": ["This field is required."], "reason": "username: This field is required."}\`.`;

/** What the document says about a path that no document of the service confirms. */
const NOTES: Readonly<Record<PathSource, string | undefined>> = {
  documented: undefined,
  inferred:
    'The service documents this operation without its address: path and method are inferred from its siblings.',
  own: 'An addition of Waypost: the service does not have it.',
};

const SECURITY_SCHEMES = {
  Token: {
    type: 'apiKey',
    in: 'header',
    name: 'Authorization',
    description: '`Token <token>`; `Bearer <token>` does, too.',
  },
  Provider: {
    type: 'apiKey',
    in: 'header',
    name: 'D360-Api-Key',
    description: "The number's own key at 360dialog: acts as the oldest admin.",
  },
  Session: {
    type: 'apiKey',
    in: 'cookie',
    name: 'sessionid',
    description: 'After /login/; changes need the header `X-CSRFToken`.',
  },
} as const;

const METHODS = ['get', 'put', 'post', 'delete', 'patch'] as const;

/**
 * The OpenAPI 3.1 document of the API, from its routes. `x-path-source` of an operation says whether its
 * path is `documented`, `inferred` or Waypost's `own`.
 */
export function apiDocument(): Document {
  const document = createApi().getOpenAPI31Document({
    openapi: '3.1.0',
    info: { title: 'Waypost', version: '1', description: DESCRIPTION, license: { name: 'MIT' } },
    servers: [{ url: '/' }],
    security: Object.keys(SECURITY_SCHEMES).map((name) => ({ [name]: [] })),
  });
  document.components = { ...document.components, securitySchemes: SECURITY_SCHEMES };
  for (const path of Object.values(document.paths ?? {})) {
    for (const method of METHODS) {
      const operation = path[method];
      if (operation === undefined) continue;
      const source = pathSourceOf(operation.operationId ?? '');
      operation['x-path-source'] = source;
      const notes = [operation.description, NOTES[source]].filter((note) => note !== undefined);
      if (notes.length > 0) operation.description = notes.join('\n\n');
    }
  }
  return document;
}

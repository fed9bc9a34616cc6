import { OpenAPIHono } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { notFound, WaypostError } from '../error.ts';
import type { Api, ApiEnv } from './api-env.ts';

/**
 * Returns the same routes, each with and without its trailing slash (clients do both), then an answer
 * for the methods a path does not have, then one for paths below `roots` that do not exist.
 */
export function closeRoutes(api: Api, roots: readonly string[]): Api {
  const closed: Api = new OpenAPIHono<ApiEnv>();
  closed.openAPIRegistry = api.openAPIRegistry;
  const methodsOf = new Map<string, Set<string>>();
  for (const { method, path, handler } of api.routes) {
    closed.on(method, bothForms(path), handler);
    if (method === 'ALL') continue;
    methodsOf.set(path, (methodsOf.get(path) ?? new Set()).add(method));
  }
  for (const [path, methods] of methodsOf) {
    closed.on('ALL', bothForms(path), (c) => refuseMethod(c, [...methods]));
  }
  for (const root of roots) {
    closed.all(root, () => {
      throw notFound();
    });
  }
  return closed;
}

function bothForms(path: string): string[] {
  if (path.endsWith('*')) return [path];
  const bare = path.replace(/\/$/, '');
  return [`${bare}/`, bare];
}

function refuseMethod(c: Context, allowed: readonly string[]): never {
  c.header('Allow', allowed.join(', '));
  throw new WaypostError('method_not_allowed', `Method "${c.req.method}" not allowed.`);
}

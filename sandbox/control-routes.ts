import type { Answer } from './answer.ts';
import { json, plainText } from './answer.ts';
import { FAULT_RULE } from './faults.ts';
import { homePage } from './home-page.ts';
import { header, readJson, type Route, type RouteRequest } from './route.ts';
import { templateControlRoutes } from './template-routes.ts';
import type { World } from './world.ts';

/** How tests in another process look into the sandbox and order faults. */
export function controlRoutes(world: World): Route[] {
  const { ledger, poster } = world;
  return [
    {
      method: 'GET',
      path: /^\/$/,
      answer: ({ message }) =>
        plainText(200, homePage(header(message, 'host') ?? 'localhost:8788')),
    },
    {
      method: 'GET',
      path: /^\/_sandbox\/sent$/,
      answer: ({ query }) => json(200, ledger.sent.slice(Number(query.get('from') ?? 0) || 0)),
    },
    { method: 'GET', path: /^\/_sandbox\/requests$/, answer: () => json(200, ledger.requests) },
    { method: 'GET', path: /^\/_sandbox\/violations$/, answer: () => json(200, ledger.violations) },
    { method: 'GET', path: /^\/_sandbox\/reads$/, answer: () => json(200, ledger.reads) },
    { method: 'GET', path: /^\/_sandbox\/changes$/, answer: () => json(200, ledger.changes) },
    ...templateControlRoutes(world),
    { method: 'GET', path: /^\/_sandbox\/webhooks$/, answer: () => json(200, poster.counts) },
    {
      method: 'POST',
      path: /^\/_sandbox\/faults$/,
      answer: (request) => addFault(world, request),
    },
    { method: 'DELETE', path: /^\/_sandbox\/faults$/, answer: () => clearFaults(world) },
  ];
}

async function addFault({ faults }: World, { message }: RouteRequest): Promise<Answer> {
  const rule = FAULT_RULE.safeParse(await readJson(message));
  if (!rule.success) {
    const issue = rule.error.issues[0];
    return json(400, { error: `${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}` });
  }
  faults.add(rule.data);
  return json(201, { ok: true });
}

function clearFaults({ faults }: World): Answer {
  faults.clear();
  return json(200, { ok: true });
}

import type { Answer } from './answer.ts';
import { json, Problem } from './answer.ts';
import { customerKey, customerOf, defaultName } from './customer.ts';
import { envelopeText } from './envelope.ts';
import { withMedia } from './inbound-media.ts';
import { inboundItems, readDraft } from './inbound-message.ts';
import { readJson, type Route, type RouteRequest } from './route.ts';
import { newWamid } from './wamid.ts';
import type { World } from './world.ts';

const MESSAGES = /^\/customers\/([^/]+)\/messages$/;

/** The pretend phones. */
export function phoneRoutes(world: World): Route[] {
  return [
    { method: 'POST', path: MESSAGES, answer: (request) => sendFromPhone(world, request) },
    { method: 'GET', path: MESSAGES, answer: (request) => readPhone(world, request) },
  ];
}

/** Makes a customer's phone send a message to the business. */
async function sendFromPhone(world: World, request: RouteRequest): Promise<Answer> {
  const body = await readJson(request.message);
  const customer = customerOf(request.params[0] ?? '');
  const draft = withMedia(readDraft(body), world.media);
  const key = customerKey(customer);
  const { account, ledger, number, poster } = world;
  if (account.blocked.has(key)) throw new Problem(403, 'The business has blocked this customer');
  for (const name of [key, draft.userId ?? key]) account.lastWrote.set(name, Date.now());
  const name = draft.name ?? ledger.names.get(key) ?? defaultName(customer);
  ledger.names.set(key, name);

  const wamid = newWamid(key);
  ledger.inboundIds.add(wamid);
  const items = inboundItems(customer, draft, { wamid, atMs: Date.now(), name });
  void poster.post(envelopeText(number, items));
  return json(202, { id: wamid });
}

/** What a customer's phone has received, newest last. */
function readPhone({ ledger }: World, { params: [name = ''] }: RouteRequest): Answer {
  return json(200, ledger.received(customerKey(customerOf(name))));
}

import { createHash } from 'node:crypto';
import { customerKey, defaultName, type Customer } from './customer.ts';
import { envelopeText, secondsText } from './envelope.ts';
import type { JsonObject } from './json-object.ts';
import type { ReceivedMessage, SentMessage } from './ledger.ts';
import type { World } from './world.ts';

/** What happens to every message on a pretend phone, in this order. */
const STATUSES = ['sent', 'delivered', 'read'] as const;
type Status = (typeof STATUSES)[number] | 'failed';

/** WhatsApp's conversations last a day. */
const CONVERSATION_MS = 86_400_000;

/**
 * Reports an accepted message as sent, delivered and read: a webhook each, the next only after the
 * one before got its 200. Ends early when the sandbox closes; never throws.
 */
export async function reportStatuses(
  world: World,
  sent: SentMessage,
  received: ReceivedMessage,
): Promise<void> {
  for (const status of STATUSES) {
    await world.pauses.wait(world.statusDelayMs);
    if (world.pauses.ended) return;
    const now = Date.now();
    received.statuses.push({ status, timestamp: secondsText(now) });
    const items = statusItems(sent, status, now, world.ledger.names.get(sent.to));
    await world.poster.post(envelopeText(world.number, items));
  }
}

/** Reports an accepted message as failed. Never throws. */
export async function reportFailure(
  world: World,
  sent: SentMessage,
  error: JsonObject,
): Promise<void> {
  await world.pauses.wait(world.statusDelayMs);
  if (world.pauses.ended) return;
  const items = statusItems(sent, 'failed', Date.now(), world.ledger.names.get(sent.to));
  const statuses = items.statuses.map((item) => ({ ...item, errors: [error] }));
  await world.poster.post(envelopeText(world.number, { ...items, statuses }));
}

/** Who a send goes to; a group has neither number nor user id. */
function recipientOf({ body, to }: SentMessage): Customer {
  if (body['recipient_type'] === 'group') return {};
  return body['to'] === undefined ? { userId: to } : { waId: to };
}

/** The `contacts` and `statuses` of one status webhook; `now` in ms, `name` the customer's own. */
function statusItems(
  sent: SentMessage,
  status: Status,
  now: number,
  name: string | undefined,
): JsonObject & { statuses: JsonObject[] } {
  const customer = recipientOf(sent);
  const callback = sent.body['biz_opaque_callback_data'];
  const item: JsonObject = {
    id: sent.wamid,
    status,
    timestamp: secondsText(now),
    ...(customer.userId === undefined
      ? { recipient_id: sent.to }
      : { recipient_user_id: customer.userId }),
    ...(customerKey(customer) === '' ? { recipient_type: 'group' } : {}),
    ...(callback === undefined ? {} : { biz_opaque_callback_data: callback }),
    ...billing(sent, status, now),
  };
  const contacts = customerKey(customer) === '' ? {} : { contacts: [contact(customer, name)] };
  return { ...contacts, statuses: [item] };
}

function contact(customer: Customer, name: string | undefined): JsonObject {
  return {
    profile: { name: name ?? defaultName(customer) },
    ...(customer.waId === undefined ? {} : { wa_id: customer.waId }),
    ...(customer.userId === undefined ? {} : { user_id: customer.userId }),
  };
}

/** `sent` and `delivered` tell what the message costs, only `sent` when the conversation ends. */
function billing(sent: SentMessage, status: Status, now: number): JsonObject {
  if (status === 'read' || status === 'failed') return {};
  const paid = sent.body['type'] === 'template';
  const category = paid ? 'utility' : 'service';
  const expiry = { expiration_timestamp: secondsText(now + CONVERSATION_MS) };
  return {
    conversation: {
      id: createHash('sha256').update(sent.to).digest('hex').slice(0, 32),
      ...(status === 'sent' ? expiry : {}),
      origin: { type: category },
    },
    pricing: {
      billable: paid,
      pricing_model: 'PMP',
      category,
      type: paid ? 'regular' : 'free_customer_service',
    },
  };
}

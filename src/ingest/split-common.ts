import type { InboundBody } from '../waba/envelope.ts';
import type { IngestPlan } from './plan.ts';

/** What a body says, and what is planned of it. */
export interface PlannedBody {
  inbound: InboundBody;
  plan: IngestPlan;
}

/**
 * Splits what is planned into plans that have nothing in common, which may be written in the same
 * statements, and those that must be planned anew after them. The first one given is always among the
 * former.
 */
export function splitCommon<Item extends PlannedBody>(
  items: readonly Item[],
): { apart: Item[]; later: Item[] } {
  const [apart, later]: [Item[], Item[]] = [[], []];
  const taken = new Set<string>();
  for (const item of items) {
    const { plan } = item;
    const names = [...namesIn(plan), ...customersIn(item.inbound)];
    const isApart = isAlone(plan)
      ? apart.length === 0
      : !taken.has(EVERYTHING) && !names.some((name) => taken.has(name));
    (isApart ? apart : later).push(item);
    // What comes later is not overtaken by what has something in common with it.
    for (const name of isAlone(plan) ? [EVERYTHING] : names) taken.add(name);
  }
  return { apart, later };
}

/** No name of a customer, message or status: those are not empty. */
const EVERYTHING = '';

/** Moved chats, templates and bodies known by their digest are rare, and touch more than they name. */
function isAlone({ moves, templates, event }: IngestPlan): boolean {
  return moves.length > 0 || templates.length > 0 || event.digest !== null;
}

/** A user id may be taken from a chat that a plan does not name. */
function customersIn({ contacts, messages, statuses }: InboundBody): string[] {
  return [...contacts, ...messages, ...statuses].flatMap(({ phone, userId }) =>
    [phone, userId].filter((name) => name !== undefined),
  );
}

/** Whatever two plans must not both write or count on. */
function namesIn({ event, chats, messages, statuses }: IngestPlan): string[] {
  return [
    ...event.chats.map((chat) => chat.wa_id),
    ...chats.flatMap(({ waId, userId }) => [waId, ...(userId === null ? [] : [userId])]),
    ...messages.map(({ wabaId }) => wabaId),
    ...statuses.flatMap(({ wabaId, messageId }) => [
      wabaId,
      ...(messageId === null ? [] : [messageId]),
    ]),
  ];
}

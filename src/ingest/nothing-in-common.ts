import type { IngestPlan } from './plan.ts';
import type { ReadCall } from './read-call.ts';

/** A call, and what is planned of it. */
export interface PlannedCall {
  read: ReadCall;
  plan: IngestPlan;
}

/**
 * Returns those whose plans have nothing in common, which may be written in the same statements, the
 * first one always among them. The others must be planned anew after them.
 */
export function nothingInCommon(calls: readonly PlannedCall[]): PlannedCall[] {
  const apart: PlannedCall[] = [];
  const taken = new Set<string>();
  for (const call of calls) {
    const { plan, read } = call;
    const names = [...namesIn(plan), ...customersIn(read)];
    const isApart = isAlone(plan)
      ? apart.length === 0
      : !taken.has(EVERYTHING) && !names.some((name) => taken.has(name));
    if (isApart) apart.push(call);
    // What comes later is not overtaken by what has something in common with it.
    for (const name of isAlone(plan) ? [EVERYTHING] : names) taken.add(name);
  }
  return apart;
}

/** No name of a customer, message or status: those are not empty. */
const EVERYTHING = '';

/** Moved chats, templates and bodies known by their digest (all that tells of groups or saved names among them) are rare, and touch more than they name. */
function isAlone({ moves, templates, event }: IngestPlan): boolean {
  return moves.length > 0 || templates.length > 0 || event.digest !== null;
}

/** A user id may be taken from a chat that a plan does not name. */
function customersIn({ inbound }: ReadCall): string[] {
  return [...inbound.contacts, ...inbound.messages, ...inbound.statuses].flatMap(
    ({ phone, userId }) => [phone, userId].filter((name) => name !== undefined),
  );
}

/** Whatever two plans must not both write or count on. */
function namesIn({ event, chats, messages, statuses }: IngestPlan): string[] {
  return [
    ...event.chats.map((chat) => chat.wa_id),
    ...chats.flatMap(({ waId, userId }) => [waId, ...(userId === null ? [] : [userId])]),
    ...messages.flatMap(({ wabaId, source: { refers_to: original } }) => [
      wabaId,
      ...(original === null ? [] : [original]),
    ]),
    ...statuses.flatMap(({ wabaId, messageId }) => [
      wabaId,
      ...(messageId === null ? [] : [messageId]),
    ]),
  ];
}

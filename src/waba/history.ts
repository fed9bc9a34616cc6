import { readMessage, type InboundMessage } from './items.ts';
import { idOf, isRecord, listOf, type JsonRecord } from './json-record.ts';

/**
 * Ids are looked up as one bound value of D1's, which holds 2,000,000 bytes; WhatsApp's history has some
 * hundred bytes of message for each byte of id. What is past this is only in the event's body.
 */
const MAX_ID_CHARACTERS = 1_200_000;

/**
 * Reads what was written before the number came to us (field `history` of coexistence): the threads, or
 * the `messages` that later bring the files of some. `ownNumber` is the business' own, in digits.
 */
export function readHistory(value: JsonRecord, ownNumber: string | undefined): InboundMessage[] {
  const threads = listOf(value['history']).flatMap((part) =>
    isRecord(part) ? listOf(part['threads']).filter(isRecord) : [],
  );
  const messages = [
    ...threads.flatMap((thread) => {
      const customer = digitsOf(idOf(thread['id']));
      return listOf(thread['messages']).flatMap(
        (item) => readPast(item, customer, ownNumber) ?? [],
      );
    }),
    ...listOf(value['messages']).flatMap((item) => readPast(item, undefined, ownNumber) ?? []),
  ];
  let characters = 0;
  return messages.filter((message) => (characters += message.id.length) <= MAX_ID_CHARACTERS);
}

function readPast(
  item: unknown,
  customer: string | undefined,
  ownNumber: string | undefined,
): InboundMessage | undefined {
  if (!isRecord(item)) return undefined;
  const writer = digitsOf(idOf(item['from']));
  const isOurs =
    writer !== undefined && (customer === undefined ? writer === ownNumber : writer !== customer);
  const otherwise = customer === undefined ? undefined : { phone: customer, userId: undefined };
  const message = readMessage(item, isOurs ? 'us' : 'customer', { otherwise, ownNumber });
  if (message === undefined) return undefined;
  const context = isRecord(item['history_context']) ? item['history_context'] : {};
  return {
    ...message,
    // The thread says whose chat it is, however a message names its two ends.
    phone: customer ?? message.phone,
    past: { status: idOf(context['status'])?.toLowerCase() },
  };
}

function digitsOf(id: string | undefined): string | undefined {
  return id?.replace(/^\+(?=\d)/, '');
}

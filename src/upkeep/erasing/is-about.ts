import { readBody } from '../../waba/envelope.ts';
import { isRecord, type JsonRecord } from '../../waba/json-record.ts';

/**
 * Whether a body of WABA's is about a customer: whether one of its items is theirs. Another customer's
 * message that tells their number, in a shared contact say, is not; but what we do not understand is,
 * wherever it names them.
 */
export function isAbout(body: string, keys: readonly string[]): boolean {
  const parsed = parse(body);
  if (parsed === undefined) return holdsOne(body, keys);
  const { contacts, messages, statuses, moves, hasUnidentified } = readBody(parsed);
  const named = new Set<string | undefined>([
    ...[...contacts, ...messages, ...statuses].flatMap(({ phone, userId }) => [phone, userId]),
    ...statuses.map(({ participant }) => participant),
    ...moves.flatMap(({ from, to }) => [from, to]),
  ]);
  return keys.some((key) => named.has(key)) || (hasUnidentified && holdsOne(body, keys));
}

function holdsOne(text: string, keys: readonly string[]): boolean {
  return keys.some((key) => text.includes(JSON.stringify(key)));
}

function parse(body: string): JsonRecord | undefined {
  try {
    const parsed: unknown = JSON.parse(body);
    return isRecord(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

import { isRecord, listOf, textOf } from '../../waba/json-record.ts';

/**
 * Why WABA did not block or unblock: of its answer's body, what stands in `failed_users`. Undefined
 * where nobody failed. Each call of ours names one customer.
 */
export function failureIn(answer: unknown): string | undefined {
  const users = isRecord(answer) ? answer['block_users'] : undefined;
  if (!isRecord(users)) return undefined;
  const [failed] = listOf(users['failed_users']);
  if (!isRecord(failed)) return undefined;
  const [error] = listOf(failed['errors']);
  const words = isRecord(error) ? (textOf(error['message']) ?? textOf(error['title'])) : undefined;
  return words ?? 'WhatsApp refused it.';
}

import type { messages } from '../../store/schema.ts';
import { idOf, type JsonRecord } from '../../waba/json-record.ts';

/** Who wrote a message in a group. */
export interface Participant {
  /** A phone number; null where WhatsApp shows none. */
  wa_id: string | null;
  user_id: string | null;
  name: string;
}

/** Shows who wrote a message in a group; null outside groups, and of a message of ours. */
export function presentParticipant(
  {
    participant,
    participant_name: name,
  }: Pick<typeof messages.$inferSelect, 'participant' | 'participant_name'>,
  payload: JsonRecord,
): Participant | null {
  if (participant === null) return null;
  const userId = idOf(payload['from_user_id']) ?? null;
  return {
    wa_id: participant === userId ? null : participant,
    user_id: userId,
    name: name ?? '',
  };
}

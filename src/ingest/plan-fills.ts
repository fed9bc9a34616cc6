import type { MessageRow } from '../inbox/messages/present-message.ts';
import { mediaOf, payloadOf, searchTextIn, type MessageWrite } from './plan-messages.ts';
import type { PlanInput } from './known.ts';

/** What stands for a file in the history that coexistence sends; the file comes in another body. */
export const PLACEHOLDER = 'media_placeholder';

/** The content of a message whose place was held until now. */
export interface MessageFill extends Pick<MessageRow, 'id' | 'type' | 'payload'> {
  searchText: string | null;
  media: MessageWrite['media'];
}

/** The messages in a body that bring what a known one only held the place of. */
export function planFills(input: PlanInput): MessageFill[] {
  const { inbound, known } = input;
  const held = new Map(
    known.messages.flatMap((row) =>
      row.type === PLACEHOLDER && row.waba_id !== null ? [[row.waba_id, row.id]] : [],
    ),
  );
  return inbound.messages.flatMap((message) => {
    const id = held.get(message.id);
    if (id === undefined || message.past === undefined || message.type === PLACEHOLDER) return [];
    held.delete(message.id);
    return [
      {
        id,
        type: message.type,
        payload: payloadOf(message),
        searchText: searchTextIn(message),
        media: mediaOf(message, () => input.newId()),
      },
    ];
  });
}

import type { ChatRow } from '../inbox/chats/person.ts';
import type { CustomerMove } from '../waba/customer-moves.ts';
import type { CustomerRef } from '../waba/items.ts';

/**
 * Which chat a customer is, while one body is read. The key is the phone number where one is known,
 * else the business-scoped user id; when the number appears, the chat under the id moves to it.
 */
export class CustomerBook {
  readonly #byKey = new Map<string, ChatRow>();
  readonly #keyOfUser = new Map<string, string>();
  readonly #moves = new Map<string, string>();

  constructor(chats: readonly ChatRow[]) {
    for (const chat of chats) {
      this.#byKey.set(chat.wa_id, chat);
      if (chat.user_id !== null) this.#keyOfUser.set(chat.user_id, chat.wa_id);
    }
  }

  /** The chats that go on under another key. */
  get moves(): CustomerMove[] {
    return [...this.#moves].map(([from, to]) => ({ from, to }));
  }

  /** The stored chat under a key, as it was before this body. */
  chat(key: string): ChatRow | undefined {
    const movedFrom = [...this.#moves].find(([, to]) => to === key)?.[0];
    return this.#byKey.get(key) ?? this.#byKey.get(movedFrom ?? '');
  }

  /** The chat key of a customer; remembers a move where the customer was known under another one. */
  keyOf(ref: CustomerRef): string | undefined {
    const known = ref.userId === undefined ? undefined : this.#keyOfUser.get(ref.userId);
    if (ref.phone === undefined) return known ?? ref.userId;
    const former =
      known ?? (ref.userId !== undefined && this.#byKey.has(ref.userId) ? ref.userId : undefined);
    if (former !== undefined) this.#move(former, ref.phone);
    if (ref.userId !== undefined) this.#keyOfUser.set(ref.userId, ref.phone);
    return ref.phone;
  }

  /** Takes note that WhatsApp changed a customer's number or id. */
  rename({ from, to }: CustomerMove): void {
    const key = this.#byKey.has(from) ? from : this.#keyOfUser.get(from);
    if (key === undefined) return;
    // A chat under a phone number keeps it: only the id that it is also known by has changed.
    if (key !== from) this.#keyOfUser.set(to, key);
    else this.#move(from, this.#keyOfUser.get(to) ?? to);
  }

  #move(from: string, to: string): void {
    if (from !== to && this.#byKey.has(from)) this.#moves.set(from, to);
  }
}

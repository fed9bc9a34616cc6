import { Aliases } from '../inbox/chats/aliases.ts';
import { mergeChats } from '../inbox/chats/merge-chats.ts';
import type { ChatMove } from '../inbox/chats/move-chats.ts';
import type { ChatRow } from '../inbox/chats/person.ts';
import type { CustomerMove } from '../waba/customer-moves.ts';
import type { InboundBody } from '../waba/envelope.ts';
import type { CustomerRef } from '../waba/items.ts';
import { isUserId } from '../waba/recipient.ts';
import type { Known } from './known.ts';

/**
 * Which chat each customer of a body is. The key is the phone number where one is known, else the
 * business-scoped user id; when the number appears, the chat under the id moves to it. Two numbers
 * become one chat by WhatsApp's word of a changed number, by its other name for a number that was
 * dialled, and by one user id on both: the chat goes on under the one that was named last. Where either
 * number is known with another user id, the id goes over to the other's chat alone. All of the body is learned before anything is told, so
 * the order of its items does not matter.
 */
export class CustomerBook {
  readonly #byKey = new Map<string, ChatRow>();
  readonly #storedHolders = new Map<string, string>();
  /** Keys that go on under others; a number never does under a user id. */
  readonly #keys = new Aliases();
  /** User ids that were changed for others. */
  readonly #userIds = new Aliases();
  /** The key that this body names each user id with, the last named last. */
  readonly #given = new Map<string, string>();
  readonly #movedTo = new Map<string, ChatRow[]>();
  /** Which of the numbers that go on under others are other names of their customers. */
  readonly #aliases = new Set<string>();
  readonly #knownAliases: ReadonlySet<string>;
  /** With which user ids each number is known, by this body and before. */
  readonly #userIdsOf = new Map<string, Set<string>>();

  constructor(
    { chats, aliases }: Pick<Known, 'chats' | 'aliases'>,
    inbound: Pick<InboundBody, 'moves' | 'contacts' | 'messages' | 'statuses'>,
  ) {
    for (const chat of chats) {
      this.#byKey.set(chat.wa_id, chat);
      if (chat.user_id !== null) this.#storedHolders.set(chat.user_id, chat.wa_id);
    }
    for (const { alias, chat } of aliases) this.#join(alias, chat);
    this.#knownAliases = new Set(this.#aliases);
    for (const move of inbound.moves) this.#rename(move);
    const refs = [...inbound.contacts, ...inbound.messages, ...inbound.statuses];
    for (const chat of chats) this.#note({ phone: chat.wa_id, userId: chat.user_id ?? undefined });
    for (const ref of refs) this.#note(ref);
    for (const ref of refs) this.#learn(ref);
    for (const chat of chats) {
      const to = this.current(chat.wa_id);
      if (to !== chat.wa_id) this.#movedTo.set(to, [...(this.#movedTo.get(to) ?? []), chat]);
    }
  }

  /** The stored chats that go on under another key. No `to` is another one's `from`. */
  get moves(): ChatMove[] {
    return [...this.#movedTo].flatMap(([to, chats]) =>
      chats.map(({ wa_id: from }) => ({ from, to, isAlias: this.#aliases.has(from) })),
    );
  }

  /**
   * The names that this body teaches of customers who had no chat under them; `written` are the chats
   * that it makes.
   */
  newNames(written: ReadonlySet<string>): ChatMove[] {
    return [...this.#aliases].flatMap((from) => {
      const to = this.current(from);
      const isThere = written.has(to) || this.#byKey.has(to) || this.#movedTo.has(to);
      const isNew = !this.#byKey.has(from) && !this.#knownAliases.has(from);
      return isNew && isThere ? [{ from, to, isAlias: true }] : [];
    });
  }

  /** The user ids that chats get by this body: those it names, and those that moved chats bring along. */
  get userIds(): Map<string, string> {
    const byKey = new Map<string, string>();
    for (const [key, moved] of this.#movedTo) {
      const brought = moved
        .flatMap(({ user_id: id }) => id ?? [])
        .find((id) => !this.#given.has(id));
      if (brought !== undefined && this.chat(key)?.user_id === null) byKey.set(key, brought);
    }
    for (const [userId, key] of this.#given) byKey.set(this.current(key), userId);
    return byKey;
  }

  /** The key under which the chat of a key goes on. */
  current(key: string): string {
    return this.#keys.resolve(key);
  }

  /** What is stored of the chat under a current key, with what moves there. */
  chat(key: string): ChatRow | undefined {
    const own = this.#byKey.get(key);
    const moved = this.#movedTo.get(key);
    if (moved === undefined) return own;
    const [first, ...others] = own === undefined ? moved : [own, ...moved];
    return first === undefined ? undefined : mergeChats(key, first, others);
  }

  /** The current chat key of a customer; undefined for one who is not named. */
  keyOf({ phone, userId }: CustomerRef): string | undefined {
    if (phone !== undefined) return this.current(phone);
    if (userId === undefined) return undefined;
    const id = this.#userIds.resolve(userId);
    return this.#holderOf(id) ?? this.current(id);
  }

  /** The key of the chat that a user id is known to belong to. */
  #holderOf(userId: string): string | undefined {
    const key =
      this.#given.get(userId) ??
      this.#storedHolders.get(userId) ??
      (this.#byKey.has(userId) ? userId : undefined);
    return key === undefined ? undefined : this.current(key);
  }

  #learn({ phone, userId }: CustomerRef): void {
    if (userId === undefined) return;
    const id = this.#userIds.resolve(userId);
    const former = this.#holderOf(id);
    const key = phone ?? former ?? id;
    if (former !== undefined && isHidden(former, id)) this.#keys.add(former, key);
    else if (former !== undefined && this.#isOnly(id, former) && this.#isOnly(id, key))
      this.#join(former, key);
    this.#give(id, key);
  }

  #note({ phone, userId }: CustomerRef): void {
    if (phone === undefined || userId === undefined) return;
    const known = this.#userIdsOf.get(phone) ?? new Set();
    this.#userIdsOf.set(phone, known.add(this.#userIds.resolve(userId)));
  }

  /** Whether nothing says that a key is somebody else's than a user id's. */
  #isOnly(userId: string, key: string): boolean {
    return [key, this.current(key)].every((one) =>
      [...(this.#userIdsOf.get(one) ?? [])].every((id) => id === userId),
    );
  }

  /** Takes a number for another name of a customer. */
  #join(alias: string, key: string): void {
    if (this.#keys.add(alias, key)) this.#aliases.add(alias);
  }

  #rename({ kind, from, to }: CustomerMove): void {
    if (kind === 'number') this.#keys.add(from, to);
    else if (this.#userIds.add(from, to)) this.#changeUserId(from, this.#userIds.resolve(to));
  }

  #changeUserId(from: string, to: string): void {
    const former = this.#holderOf(from);
    if (former === undefined) return;
    const other = this.#holderOf(to) ?? this.current(to);
    const isMove = isHidden(former, from);
    if (isMove) this.#keys.add(former, other);
    else if (isHidden(other, to)) this.#keys.add(other, former);
    else return;
    this.#give(to, isMove ? other : former);
  }

  #give(userId: string, key: string): void {
    this.#given.delete(userId);
    this.#given.set(userId, key);
  }
}

/** Whether a key is no number; `userId` is one for certain, whatever form it has. */
function isHidden(key: string, userId: string): boolean {
  return key === userId || isUserId(key);
}

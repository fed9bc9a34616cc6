import type { EventChat } from '../../events/audience.ts';
import type { User } from '../../auth/user.ts';
import type { JsonRecord } from '../../waba/json-record.ts';
import { type ExtendedPayload, type NewEvent, ownEvent } from '../../events/event.ts';
import { presentUser, type ApiUser } from '../users/present-user.ts';
import type { Tag } from './tag.ts';

/** A message that is tagged, by our id and WhatsApp's. */
export interface TaggedMessage {
  id: string;
  waba_id: string | null;
}

/** Somebody tagged a chat or a message, or took a tag off. */
export interface TaggingAct {
  action: 'added' | 'removed';
  tag: Tag;
  chat: EventChat;
  /** Undefined where it is the chat that is tagged. */
  message: TaggedMessage | undefined;
  extra: JsonRecord | null;
  user: User;
  /** Milliseconds. */
  at: number;
}

interface TaggingEvent {
  /** Seconds. */
  timestamp: number;
  action: TaggingAct['action'];
  tag: Tag;
  extra: JsonRecord | null;
  done_by: ApiUser;
}

/** An entry of the history as the API shows it (spec: listChatTaggingEvents). */
export interface ChatTaggingEvent extends TaggingEvent {
  chat: string;
}

/** The same of messages (spec: listMessageTaggingEvents). */
export interface MessageTaggingEvent extends TaggingEvent {
  message: string;
}

/** The id by which messages are known outside: WhatsApp's, or ours as long as it has none. */
export function shownId({ id, waba_id }: TaggedMessage): string {
  return waba_id ?? id;
}

/** Shows what was done to a chat as its entry in the history. */
export function presentChatAct(
  act: Omit<TaggingAct, 'chat' | 'message'>,
  chat: string,
  baseUrl: string,
): ChatTaggingEvent {
  return { ...presentAct(act, baseUrl), chat };
}

/** Shows what was done to a message as its entry in the history. */
export function presentMessageAct(
  act: Omit<TaggingAct, 'chat' | 'message'>,
  message: TaggedMessage,
  baseUrl: string,
): MessageTaggingEvent {
  return { ...presentAct(act, baseUrl), message: shownId(message) };
}

function presentAct(
  { action, tag, extra, user, at }: Omit<TaggingAct, 'chat' | 'message'>,
  baseUrl: string,
): TaggingEvent {
  return {
    timestamp: Math.floor(at / 1000),
    action,
    tag: { id: tag.id, name: tag.name, web_inbox_color: tag.web_inbox_color },
    extra,
    done_by: presentUser(user, baseUrl),
  };
}

/**
 * Makes the event of what was done in one go: a message tagged, say, and its chat with it. The spec
 * calls `chat_tagging` an object in one place and shows a list in another: it is an object, as the
 * service's client reads it, and the names that the spec calls deprecated carry the list.
 */
export function taggingEvent(
  acts: readonly [TaggingAct, ...TaggingAct[]],
  baseUrl: string,
): NewEvent {
  const [{ chat, at }] = acts;
  const extended: ExtendedPayload = {};
  for (const act of acts) {
    if (act.message === undefined) {
      const shown = presentChatAct(act, chat.wa_id, baseUrl);
      extended.chat_tagging = shown;
      extended.tagged_chats = [shown];
    } else {
      const shown = presentMessageAct(act, act.message, baseUrl);
      extended.message_tagging = shown;
      extended.tagged_messages = [shown];
    }
  }
  const { wa_id, assigned_user_id, assigned_group_id } = chat;
  const chats = [{ wa_id, assigned_user_id, assigned_group_id }];
  return ownEvent('tagging', { extended, chats }, at);
}

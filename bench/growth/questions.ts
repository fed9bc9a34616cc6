import { FIRST_SECOND, LONG_CHAT, LONG_CHAT_MESSAGES, waIdOf } from './seed-inbox.ts';
import { COMMON_WORD, RARE_WORD } from './seed-text.ts';

/** Something that the API is asked. */
export interface Question {
  name: string;
  /** Below `/api/v1/`. */
  path: string;
  /** The smallest inbox has fewer to list and to count than are counted at most. */
  isFewAtFirst?: boolean;
}

const PAGE = 'limit=20';

/** Seconds; near the beginning of a large inbox, and after more messages of any than are counted. */
const LONG_AGO = FIRST_SECOND + 1_400;

/** What is asked of an inbox with so many messages. */
export function questionsOf(messages: number, groupId: number): Question[] {
  const lately = FIRST_SECOND + messages - 250;
  return [
    ...chatQuestions(lately, groupId),
    ...messageQuestions(lately, groupId),
    { name: 'messages: from us', path: `messages/?${PAGE}&from_us=true`, isFewAtFirst: true },
    { name: 'persons', path: `persons/?${PAGE}` },
  ];
}

function chatQuestions(lately: number, groupId: number): Question[] {
  const filters: Record<string, string> = {
    all: '',
    'deep (offset 200)': 'offset=200',
    'a customer by number': `search=${waIdOf(701)}`,
    'a name that all have': 'search=customer',
    'with a tag that many have': 'chat_tag_id=1',
    'with a tag that few have': 'chat_tag_id=2',
    'assigned to me': 'assigned_to_me=true',
    'assigned to a group': `assigned_group=${groupId}`,
    'with messages since a time': `messages_since_time=${lately}`,
    'with messages before a time': `messages_before_time=${LONG_AGO}`,
    blocked: 'blocked=true',
    reported: 'reported=true',
    unread: 'unread=true',
    'from an ad': 'message_has_referral=true',
    'from one ad': 'message_referral_source_id=ad5',
    'from ads by a piece of their URL': 'message_referral_source_url=fb.me/1',
  };
  return entriesOf('chats', filters);
}

function messageQuestions(lately: number, groupId: number): Question[] {
  const filters: Record<string, string> = {
    all: '',
    'of a chat': `wa_id=${LONG_CHAT}`,
    'of a chat, deep': `wa_id=${LONG_CHAT}&offset=${LONG_CHAT_MESSAGES / 2}`,
    'before a time': `before_time=${LONG_AGO}`,
    'since a time': `since_time=${FIRST_SECOND + 100}`,
    'from us, lately': `from_us=true&since_time=${lately}`,
    'from customers': 'from_us=false',
    'of my chats': 'assigned_to_me=true',
    'of a group': `assigned_group=${groupId}`,
    'of chats with a tag that many have': 'chat_tag_id=1',
    'with a rare word': `search=${RARE_WORD}`,
    'with a common word': `search=${COMMON_WORD}`,
    'with a common word, of a chat': `search=${COMMON_WORD}&wa_id=${LONG_CHAT}`,
    'with a common word, before a time': `search=${COMMON_WORD}&before_time=${LONG_AGO}`,
  };
  return entriesOf('messages', filters);
}

function entriesOf(list: string, filters: Record<string, string>): Question[] {
  return Object.entries(filters).map(([name, filter]) => ({
    name: `${list}: ${name}`,
    path: `${list}/?${PAGE}&${filter}`,
  }));
}

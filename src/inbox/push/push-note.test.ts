import { expect, it } from 'vitest';
import { pushNote } from './push-note.ts';

const message = { id: 'm', chat: '491', name: 'Ada', type: 'text', text: 'Hello' };

it('says who wrote and what', () => {
  expect(pushNote(message)).toEqual({
    title: 'Ada',
    body: 'Hello',
    data: { type: 'incoming_message', wa_id: '491', getchat_id: 'm' },
    chat: '491',
  });
});

it.each([
  [{ name: '' }, { title: '491' }],
  [{ type: 'image', text: null }, { body: 'Photo' }],
  [{ type: 'image', text: 'Our house' }, { body: 'Our house' }],
  [{ type: 'something new', text: null }, { body: 'New message' }],
  [{ text: '👍'.repeat(500) }, { body: `${'👍'.repeat(239)}…` }],
])('says of %j: %j', (changes, note) => {
  expect(pushNote({ ...message, ...changes })).toMatchObject(note);
});

import { describe, expect, it } from 'vitest';
import { linkMedia } from './link-media.ts';

const LINK = 'https://inbox.example/api/v1/media/1/?expires=9&signature=a';
const LINKS = new Map([
  ['wamid.A', { path: ['image'], link: LINK }],
  ['wamid.B', { path: ['audio'], link: LINK }],
  ['wamid.E', { path: ['edit', 'message', 'image'], link: LINK }],
]);

function envelope(messages: string, field = 'messages', list = 'messages'): string {
  return `{"object":"whatsapp_business_account","entry":[{"changes":[{"value":{"${list}":[${messages}]},"field":"${field}"}]}]}`;
}

describe('a body of WABA’s', () => {
  it('gets links in the media objects of the messages that are known, and nothing else', () => {
    const before = '{ "id":"wamid.A","n":1.00,"image" : {"id":"9","x":"\\u00e9\\/" } },';
    const after = `{ "id":"wamid.A","n":1.00,"image" : {"id":"9","x":"\\u00e9\\/","link":"${LINK}" } },`;
    const others = '{"id":"wamid.C","image":{"id":"8"}},{"id":"wamid.B","text":{"body":"b"}}';
    expect(linkMedia(envelope(before + others), LINKS)).toBe(envelope(after + others));
  });

  it('gets the link of an edit in what the edit brings', () => {
    const edit = (image: string): string =>
      envelope(`{"id":"wamid.E","edit":{"message":{"type":"image","image":${image}}}}`);
    expect(linkMedia(edit('{"id":"9"}'), LINKS)).toBe(edit(`{"id":"9","link":"${LINK}"}`));
  });

  it.each([
    ['smb_message_echoes', 'message_echoes'],
    ['messages', 'messages'],
  ])('of field %s has them in %s', (field, list) => {
    const message = '{"id":"wamid.B","audio":{"id":"7"}}';
    const linked = `{"id":"wamid.B","audio":{"id":"7","link":"${LINK}"}}`;
    expect(linkMedia(envelope(message, field, list), LINKS)).toBe(envelope(linked, field, list));
  });

  it.each([
    '{"id":"wamid.A","image":{"id":"9","link":"https://other.example/"}}',
    '{"id":"wamid.A","image":{}}',
    '{"id":"wamid.A","image":null}',
    '{"id":"wamid.A","image":[1]}',
    '{"id":"wamid.A"}',
    '{"id":"wamid.E","edit":"image"}',
    '{"id":"wamid.E","edit":{"message":[{"image":{"id":"9"}}]}}',
    '{"id":5}',
    '"wamid.A"',
    '',
  ])('stays as it is with %s', (message) => {
    const body = envelope(message);
    expect(linkMedia(body, LINKS)).toBe(body);
  });

  it.each(['{}', '[]', 'null', '{"entry":5}', '{"entry":[{"changes":[{"field":5,"value":{}}]}]}'])(
    'may be none: %s',
    (body) => {
      expect(linkMedia(body, LINKS)).toBe(body);
    },
  );
});

import { describe, expect, it } from 'vitest';
import type { JsonObject } from './json-object.ts';
import { errorOf, INVALID, message, MISSING } from './messages.test-support.ts';

function interactive(type: string, action: JsonObject, more: JsonObject = {}): JsonObject {
  return message('interactive', { type, body: { text: 'choose' }, action, ...more });
}

function buttons(...titles: string[]): JsonObject {
  const replies = titles.map((title, id) => ({ type: 'reply', reply: { id: `${id}`, title } }));
  return { buttons: replies };
}

function rows(count: number, more: JsonObject = {}): JsonObject[] {
  return Array.from({ length: count }, (_, index) => ({ id: `${index}`, title: 'row', ...more }));
}

function list(...sections: JsonObject[]): JsonObject {
  return { button: 'Open', sections };
}

function flow(more: JsonObject = {}): JsonObject {
  const parameters = { flow_message_version: '3', flow_id: '1', flow_cta: 'Go', ...more };
  return { name: 'flow', parameters };
}

const accepted: [string, JsonObject][] = [
  ['three buttons', interactive('button', buttons('a', 'b', 'x'.repeat(20)))],
  [
    'buttons under a picture',
    interactive('button', buttons('a'), { header: { type: 'image', image: { id: 'uploaded' } } }),
  ],
  [
    'a list of ten rows',
    interactive('list', list({ title: 'one', rows: rows(10) }), {
      header: { type: 'text', text: 'x'.repeat(60) },
      footer: { text: 'x'.repeat(60) },
    }),
  ],
  [
    'a call to action',
    interactive('cta_url', {
      name: 'cta_url',
      parameters: { display_text: 'Go', url: 'https://example.com' },
    }),
  ],
  ['a location request', interactive('location_request_message', { name: 'send_location' })],
  [
    'a flow',
    interactive('flow', flow({ flow_action: 'navigate', flow_action_payload: { screen: 'A' } })),
  ],
  ['a catalogue', interactive('catalog_message', { name: 'catalog_message' })],
  ['a product', interactive('product', { catalog_id: '1', product_retailer_id: '2' })],
  [
    'a product list',
    interactive(
      'product_list',
      {
        catalog_id: '1',
        sections: [{ title: 't', product_items: [{ product_retailer_id: '2' }] }],
      },
      { header: { type: 'text', text: 'h' } },
    ),
  ],
  ['an address request, which is not judged', interactive('address_message', { anything: 1 })],
];

describe('WhatsApp accepts an interactive message:', () => {
  it.each(accepted)('%s', (_, body) => {
    expect(errorOf(body)).toBeUndefined();
  });
});

const refused: [string, JsonObject, code: number, details: string][] = [
  ['an unknown interactive type', interactive('quiz', {}), INVALID, 'type'],
  ['an interactive without type', message('interactive', {}), MISSING, "interactive['type']"],
  [
    'an interactive without body',
    interactive('button', buttons('a'), { body: undefined }),
    MISSING,
    'body',
  ],
  [
    'a long interactive body',
    interactive('button', buttons('a'), { body: { text: 'x'.repeat(1_025) } }),
    INVALID,
    'Max length: 1024',
  ],
  [
    'a long footer',
    interactive('button', buttons('a'), { footer: { text: 'x'.repeat(61) } }),
    INVALID,
    'Max length: 60',
  ],
  [
    'a header nobody uploaded',
    interactive('button', buttons('a'), { header: { type: 'image', image: { id: '123' } } }),
    INVALID,
    'Media ID 123',
  ],
  ['four buttons', interactive('button', buttons('a', 'b', 'c', 'd')), INVALID, 'buttons'],
  ['no button', interactive('button', buttons()), INVALID, 'buttons'],
  ['a long title', interactive('button', buttons('x'.repeat(21))), INVALID, 'Max length: 20'],
  ['two buttons of one title', interactive('button', buttons('a', 'a')), INVALID, 'titles'],
  [
    'two buttons of one id',
    interactive('button', {
      buttons: ['a', 'b'].map((title) => ({ type: 'reply', reply: { id: '1', title } })),
    }),
    INVALID,
    'ids',
  ],
  [
    'a long row',
    interactive('list', list({ rows: rows(1, { title: 'x'.repeat(25) }) })),
    INVALID,
    '24',
  ],
  [
    'a long row description',
    interactive('list', list({ rows: rows(1, { description: 'x'.repeat(73) }) })),
    INVALID,
    '72',
  ],
  [
    'a long row id',
    interactive('list', list({ rows: rows(1, { id: 'x'.repeat(201) }) })),
    INVALID,
    '200',
  ],
  ['rows of one id', interactive('list', list({ rows: rows(2, { id: '1' }) })), INVALID, 'row ids'],
  [
    'eleven rows in all',
    interactive(
      'list',
      list({ title: 'a', rows: rows(10) }, { title: 'b', rows: [{ id: 'x', title: 'x' }] }),
    ),
    INVALID,
    '10 rows',
  ],
  [
    'several sections without titles',
    interactive('list', list({ rows: rows(1) }, { title: 'b', rows: [{ id: 'x', title: 'x' }] })),
    MISSING,
    'title',
  ],
  [
    'eleven sections',
    interactive(
      'list',
      list(...rows(11).map(({ id }) => ({ title: 't', rows: [{ id, title: 'x' }] }))),
    ),
    INVALID,
    'sections',
  ],
  ['a list that opens by nothing', interactive('list', { sections: [] }), MISSING, 'button'],
  [
    'a list under a picture',
    interactive('list', list({ rows: rows(1) }), {
      header: { type: 'image', image: { id: 'uploaded' } },
    }),
    100,
    'header',
  ],
  [
    'a call to action without URL',
    interactive('cta_url', { name: 'cta_url', parameters: { display_text: 'Go' } }),
    MISSING,
    'url',
  ],
  [
    'a call to action of another name',
    interactive('cta_url', {
      name: 'cta',
      parameters: { display_text: 'Go', url: 'https://x.io' },
    }),
    100,
    'cta_url',
  ],
  [
    'a location request of another name',
    interactive('location_request_message', { name: 'location' }),
    100,
    'send_location',
  ],
  [
    'a flow without id or name',
    interactive('flow', flow({ flow_id: undefined })),
    MISSING,
    'flow_id',
  ],
  ['a flow of an unknown action', interactive('flow', flow({ flow_action: 'x' })), 100, 'navigate'],
  [
    'a flow without button',
    interactive('flow', flow({ flow_cta: undefined })),
    MISSING,
    'flow_cta',
  ],
];

describe('WhatsApp refuses an interactive message:', () => {
  it.each(refused)('%s', (_, body, code, details) => {
    expect(errorOf(body)).toEqual([code, expect.stringContaining(details)]);
  });
});

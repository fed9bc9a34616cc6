import { describe, expect, it } from 'vitest';
import { parseError } from './parse-error.ts';

describe('parseError', () => {
  it.each([
    [
      'Meta’s, relayed',
      {
        error: {
          message: '(#131030) Recipient phone number not in allowed list',
          type: 'OAuthException',
          code: 131030,
          error_data: { messaging_product: 'whatsapp', details: 'Add it.' },
          fbtrace_id: 'Axyz',
        },
      },
      {
        code: 131030,
        title: 'Recipient phone number not in allowed list',
        message: '(#131030) Recipient phone number not in allowed list',
        error_data: { details: 'Add it.' },
        fbtrace_id: 'Axyz',
      },
    ],
    [
      '360dialog’s own',
      { meta: { success: false, http_code: 401, developer_message: 'Invalid api_key' } },
      { code: undefined, title: 'Invalid api_key', message: 'Invalid api_key' },
    ],
    ['a bare sentence', { error: 'No.' }, { code: undefined, title: 'No.', message: 'No.' }],
    [
      'the On-Prem list',
      { errors: [{ code: '470', title: 'Window closed', details: 'Too late.' }], meta: {} },
      {
        code: 470,
        title: 'Window closed',
        message: 'Window closed',
        error_data: { details: 'Too late.' },
      },
    ],
    [
      'Meta’s without words',
      { error: { code: 1 } },
      { code: 1, title: 'Unknown error', message: 'Unknown error' },
    ],
  ])('reads %s', (_what, body, expected) => {
    expect(parseError(body)).toEqual(expected);
  });

  it.each([undefined, null, 'text', [], {}, { error: null }, { errors: [] }, { errors: ['x'] }])(
    'finds no error in %j',
    (body) => {
      expect(parseError(body)).toBeUndefined();
    },
  );
});

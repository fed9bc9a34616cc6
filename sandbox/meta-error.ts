import { randomBytes } from 'node:crypto';
import type { Answer } from './answer.ts';
import { json } from './answer.ts';

/** Meta's titles of the codes the sandbox answers with. */
const TITLES = new Map([
  [4, 'Application request limit reached'],
  [100, 'Invalid parameter'],
  [190, 'Invalid OAuth access token'],
  [2200, 'Callback verification failed'],
  [130429, 'Rate limit hit'],
  [131008, 'Required parameter is missing'],
  [131009, 'Parameter value is not valid'],
  [131021, 'Recipient cannot be sender'],
  [131056, '(Business Account, Consumer Account) pair rate limit hit'],
  [132000, 'Number of parameters does not match the expected number of params'],
  [132001, 'Template name does not exist in the translation'],
  [132012, 'Parameter format does not match format in the created template'],
  [132015, 'Template is Paused'],
  [132016, 'Template is Disabled'],
]);

/**
 * An error as Meta words it and 360dialog relays it. Code 100 carries its details in the message,
 * the others a fixed title and the details beside it.
 */
export function metaError(status: number, code: number, details: string, subcode?: number): Answer {
  const title = code === 100 ? details : (TITLES.get(code) ?? 'Something went wrong');
  return json(status, {
    error: {
      message: `(#${code}) ${title}`,
      type: 'OAuthException',
      code,
      error_data: { messaging_product: 'whatsapp', details },
      ...(subcode === undefined ? {} : { error_subcode: subcode }),
      fbtrace_id: `A${randomBytes(16).toString('base64url')}`,
    },
  });
}

/** An error of 360dialog's own: wrong key, unknown path, an outage. */
export function dialogError(status: number, developerMessage: string): Answer {
  return json(status, {
    meta: {
      success: false,
      http_code: status,
      developer_message: developerMessage,
      '360dialog_trace_id': randomBytes(16).toString('hex'),
    },
  });
}

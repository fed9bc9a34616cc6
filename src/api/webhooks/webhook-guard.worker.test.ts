import { sql } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { call, make, preparePeople, stack } from './webhooks.test-support.ts';

beforeEach(preparePeople);
afterEach(() => vi.unstubAllGlobals());

/** As a deployment has it. */
const deployed = { ...stack, config: { ...stack.config, allowPrivateTargets: false } };

/** One of each kind; the guard's own tests have the rest. */
const FORBIDDEN = [
  'http://169.254.169.254/latest/meta-data/',
  'http://2852039166/',
  'http://0x7f.1/',
  'http://0177.0.0.1/',
  'http://10.0.0.1/',
  'http://100.64.0.1/',
  'http://0.0.0.0/',
  'http://[::1]/',
  'http://[::ffff:10.0.0.1]/',
  'http://[::127.0.0.1]/',
  'http://[::ffff:0:7f00:1]/',
  'http://[64:ff9b::a00:1]/',
  'http://[2002:a00:1::]/',
  'http://[2001:0:a00:1::1]/',
  'http://[2a00::5efe:a00:1]/',
  'http://[fd00::1]/',
  'http://localhost/',
  'http://metadata.google.internal/',
  'http://127.0.0.1.nip.io/',
  'http://nas/',
  'https://example.com:6379/',
];

/** What an answer may say of a URL: nothing of what lies behind it. */
const SENTENCE =
  /^(?:The host is (?:reserved or internal to a network|private): give a .+\.|Port \d+ belongs to another kind of service: use another port\.)$/;

async function urlProblem(response: Response): Promise<string | undefined> {
  expect(response.status).toBe(400);
  const { url } = await response.json<{ url?: string[] }>();
  return url?.[0];
}

describe.each(FORBIDDEN)('%s', (url) => {
  it('is refused when a webhook is made', async () => {
    expect(await urlProblem(await call('ann', 'POST', '', { url }, deployed))).toMatch(SENTENCE);
    expect(await stack.db.all(sql`select id from webhooks`)).toEqual([]);
  });

  it.each(['PATCH', 'PUT'])('is refused when a webhook is changed by %s', async (method) => {
    const { id } = await make('ann');
    const response = await call('ann', method, `${id}/`, { url }, deployed);
    expect(await urlProblem(response)).toMatch(SENTENCE);
    expect(await stack.db.all(sql`select url from webhooks`)).toEqual([
      { url: 'https://example.com/hook' },
    ]);
  });

  it('is not called by a test of a webhook that has it already', async () => {
    const { id } = await make('ann');
    await stack.db.run(sql`update webhooks set url = ${url} where id = ${id}`);
    const called = vi.fn<typeof fetch>();
    vi.stubGlobal('fetch', called);
    const response = await call('ann', 'POST', `${id}/test/`, undefined, deployed);
    expect([response.status, await response.json()]).toMatchObject([
      400,
      { reason: 'The URL may not be called: change the URL of the webhook.' },
    ]);
    expect(called).not.toHaveBeenCalled();
  });
});

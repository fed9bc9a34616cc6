import { sql } from 'drizzle-orm';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { mediaKey } from '../../inbox/media/media-row.ts';
import { incomingFile, stack, storedFile } from '../../inbox/media/media.test-support.ts';
import { signedMediaUrl } from '../../inbox/media/links.ts';
import {
  ask,
  HOST,
  inSeconds,
  messageWith,
  PEOPLE,
  preparePeople,
  textOf,
  type Who,
} from './media.test-support.ts';

beforeAll(preparePeople);

const CONTENT = '0123456789';

function pathOf(id: string): string {
  return `/api/v1/media/${id}/`;
}

async function get(id: string, headers: Record<string, string> = {}): Promise<Response> {
  return ask('admin', pathOf(id), { headers });
}

describe('GET /media/{id}/', () => {
  it('serves a file with its type, length and name', async () => {
    const id = await storedFile(CONTENT, { mime_type: 'image/png', filename: 'é.png' });
    const response = await get(id);
    expect(response.status).toBe(200);
    expect(Object.fromEntries(response.headers)).toEqual({
      'accept-ranges': 'bytes',
      'cache-control': 'private, max-age=3600, no-transform',
      'content-disposition': `inline; filename="_.png"; filename*=UTF-8''%C3%A9.png`,
      'content-length': '10',
      'content-security-policy': 'sandbox',
      'content-type': 'image/png',
      etag: `"${id}"`,
      vary: 'Authorization, D360-Api-Key',
      'x-content-type-options': 'nosniff',
      'x-request-id': 'test',
    });
    expect(await textOf(response)).toBe(CONTENT);
  });

  it('does without the trailing slash, and with what the service asks in the query', async () => {
    const id = await storedFile(CONTENT);
    const query = '?mime_type_type=text&mime_type_subtype=html';
    for (const target of [`/api/v1/media/${id}`, pathOf(id) + query]) {
      const response = await ask('admin', target);
      expect([response.status, response.headers.get('content-type')]).toEqual([200, 'image/jpeg']);
      expect(await textOf(response)).toBe(CONTENT);
    }
  });

  it.each([
    ['image', 'jpeg', 'image/jpeg'],
    ['AUDIO', 'ogg', 'audio/ogg'],
    ['application', 'pdf', 'application/pdf'],
  ])('serves what is of no known type as the %s/%s that is asked for', async (type, sub, shown) => {
    const id = await storedFile(CONTENT, { mime_type: 'application/octet-stream' });
    const query = `?mime_type_type=${type}&mime_type_subtype=${sub}`;
    const response = await ask('admin', pathOf(id) + query);
    expect([response.status, response.headers.get('content-type')]).toEqual([200, shown]);
    expect(response.headers.get('content-disposition')).toMatch(/^inline;/);
    expect(await textOf(response)).toBe(CONTENT);
  });

  it.each([
    ['text', 'html'],
    ['image', 'svg+xml'],
    ['application', 'xhtml+xml'],
    ['text', 'javascript'],
    ['application', 'x-unheard-of'],
    ['', ''],
    ['image', 'jpeg\r\nX: y'],
  ])('serves nothing as a type that a browser may run: %j/%j', async (type, sub) => {
    const id = await storedFile(CONTENT, { mime_type: 'application/octet-stream' });
    const query = new URLSearchParams({ mime_type_type: type, mime_type_subtype: sub });
    const response = await ask('admin', `${pathOf(id)}?${query.toString()}`);
    expect(response.headers.get('content-type')).toBe('application/octet-stream');
    expect(response.headers.get('content-disposition')).toMatch(/^attachment;/);
    await response.arrayBuffer();
  });

  it.each(['text/html', 'image/svg+xml', 'application/xhtml+xml', 'nonsense\r\nX: y'])(
    'serves what came as %j as bytes to save',
    async (mimeType) => {
      const response = await get(
        await storedFile('<script>alert(1)</script>', { mime_type: mimeType }),
      );
      expect(response.headers.get('content-type')).toBe('application/octet-stream');
      expect(response.headers.get('content-disposition')).toMatch(/^attachment;/);
      expect(response.headers.get('x-content-type-options')).toBe('nosniff');
      await response.arrayBuffer();
    },
  );

  it('lets a browser show a PDF, which it does not in a sandbox', async () => {
    const response = await get(await storedFile('%PDF-1.7', { mime_type: 'application/pdf' }));
    expect(response.headers.get('content-disposition')).toMatch(/^inline;/);
    expect(response.headers.has('content-security-policy')).toBe(false);
    await response.arrayBuffer();
  });

  it('answers HEAD with the same headers and no body, without opening the file', async () => {
    const id = await storedFile(CONTENT);
    const whole = await get(id);
    await whole.arrayBuffer();
    const opened = vi.spyOn(stack.files, 'get');
    const head = await ask('admin', pathOf(id), { method: 'HEAD' });
    expect(head.status).toBe(200);
    expect(Object.fromEntries(head.headers)).toEqual(Object.fromEntries(whole.headers));
    expect(await textOf(head)).toBe('');
    expect(opened).not.toHaveBeenCalled();
    opened.mockRestore();
  });
});

describe('a part of a file', () => {
  it.each([
    ['bytes=0-3', '0123', 'bytes 0-3/10'],
    ['bytes=8-', '89', 'bytes 8-9/10'],
    ['bytes=-3', '789', 'bytes 7-9/10'],
    ['bytes=5-100', '56789', 'bytes 5-9/10'],
  ])('is sent for %s', async (range, content, contentRange) => {
    const response = await get(await storedFile(CONTENT), { range });
    expect(response.status).toBe(206);
    expect(response.headers.get('content-range')).toBe(contentRange);
    expect(response.headers.get('content-length')).toBe(String(content.length));
    expect(await textOf(response)).toBe(content);
  });

  it('is refused beyond the end', async () => {
    const response = await get(await storedFile(CONTENT), { range: 'bytes=10-' });
    expect(response.status).toBe(416);
    expect(response.headers.get('content-range')).toBe('bytes */10');
    expect(await textOf(response)).toBe('');
  });

  it.each([
    ['several ranges', { range: 'bytes=0-1,4-5' }],
    ['a range of an older file', { range: 'bytes=0-1', 'if-range': '"other"' }],
    [
      'a range of a file by date',
      { range: 'bytes=0-1', 'if-range': 'Sun, 01 Nov 2026 00:00:00 GMT' },
    ],
  ])('is not sent, but the whole, for %s', async (_, headers) => {
    const response = await get(await storedFile(CONTENT), headers);
    expect(response.status).toBe(200);
    expect(await textOf(response)).toBe(CONTENT);
  });

  it('is sent where If-Range names this file', async () => {
    const id = await storedFile(CONTENT);
    const response = await get(id, { range: 'bytes=0-1', 'if-range': `"${id}"` });
    expect(response.status).toBe(206);
    expect(await textOf(response)).toBe('01');
  });
});

describe('a file that the caller has', () => {
  it.each([
    ['its tag', (tag: string) => tag],
    ['its tag, weakly', (tag: string) => `W/${tag}`],
    ['a list with its tag', (tag: string) => `"a", ${tag}`],
    ['any', () => '*'],
  ])('is not sent again for %s, whatever the range', async (_, header) => {
    const id = await storedFile(CONTENT);
    const headers = { 'if-none-match': header(`"${id}"`), range: 'bytes=0-1' };
    const response = await get(id, headers);
    expect(response.status).toBe(304);
    expect(response.headers.get('etag')).toBe(`"${id}"`);
    expect(await textOf(response)).toBe('');
  });

  it('is sent for another tag', async () => {
    const response = await get(await storedFile(CONTENT), { 'if-none-match': '"other"' });
    expect(response.status).toBe(200);
    await response.arrayBuffer();
  });
});

describe('a file that cannot be served', () => {
  it('is not fetched yet: 404, and when to come back', async () => {
    const inTenMinutes = Date.now() + 600_000;
    const response = await get(await incomingFile({ next_at: inTenMinutes }));
    expect(response.status).toBe(404);
    expect(await response.json()).toEqual({
      detail: 'The file has not been fetched from WhatsApp yet.',
    });
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(590);
    expect(Number(response.headers.get('retry-after'))).toBeLessThanOrEqual(600);
    expect(response.headers.get('cache-control')).toBe('no-store');
  });

  it('is due now: come back in a second', async () => {
    const response = await get(await incomingFile());
    expect([response.status, response.headers.get('retry-after')]).toEqual([404, '1']);
  });

  it('was never handed out by WhatsApp', async () => {
    const id = await incomingFile();
    await stack.db.run(sql`update media set state = 'failed', next_at = null where id = ${id}`);
    const response = await get(id);
    expect([response.status, response.headers.get('retry-after')]).toEqual([404, null]);
    expect(await response.json()).toEqual({ detail: 'WhatsApp did not hand the file out.' });
  });

  it.each([
    '497f6eca-6276-4993-bfeb-53cbbbba6f08',
    'photo.jpg',
    '1',
    '..%2F..%2Fevents',
    "'%20or%201=1",
  ])('is none: %s', async (id) => {
    const response = await ask('admin', `/api/v1/media/${id}/`);
    expect(response.status).toBe(404);
    expect(await response.json()).toEqual({ detail: 'Not found.' });
  });

  it('is lost', async () => {
    const logged = vi.spyOn(console, 'error').mockReturnValue();
    const id = await storedFile(CONTENT);
    await stack.files.delete([mediaKey(id)]);
    expect((await get(id)).status).toBe(404);
    expect(logged).toHaveBeenCalledOnce();
    logged.mockRestore();
  });
});

/** How a file is answered, by who asks for it. */
async function statuses(id: string): Promise<Record<string, number>> {
  const seen: Record<string, number> = {};
  for (const who of Object.keys(PEOPLE) as Who[]) {
    const response = await ask(who, pathOf(id));
    await response.arrayBuffer();
    seen[who] = response.status;
  }
  return seen;
}

describe('who may see a file', () => {
  it('those who may read a chat that it is in', async () => {
    const nobodys = await storedFile(CONTENT);
    await messageWith(nobodys);
    expect(await statuses(nobodys)).toEqual({
      admin: 200,
      all: 200,
      group: 404,
      user: 404,
      none: 404,
    });
    const groups = await storedFile(CONTENT);
    await messageWith(groups, { groupId: 77 });
    expect(await statuses(groups)).toEqual({
      admin: 200,
      all: 200,
      group: 200,
      user: 404,
      none: 404,
    });
    const users = await storedFile(CONTENT);
    await messageWith(users, { userId: PEOPLE.user });
    expect(await statuses(users)).toEqual({
      admin: 200,
      all: 200,
      group: 404,
      user: 200,
      none: 404,
    });
  });

  it('those who may read one of the chats that it is in', async () => {
    const id = await storedFile(CONTENT);
    await messageWith(id);
    await messageWith(id, { userId: PEOPLE.user });
    expect(await statuses(id)).toMatchObject({ user: 200, group: 404 });
  });

  it('who uploaded it, and admins', async () => {
    const id = await storedFile(CONTENT, { user_id: PEOPLE.none });
    expect(await statuses(id)).toEqual({ admin: 200, all: 404, group: 404, user: 404, none: 200 });
  });

  it('nobody who is not signed in, whether it is there or not', async () => {
    for (const id of [await storedFile(CONTENT), crypto.randomUUID()]) {
      const response = await ask(undefined, pathOf(id));
      expect(response.status).toBe(403);
      expect(await response.json()).toEqual({
        detail: 'Authentication credentials were not provided.',
      });
    }
  });
});

describe('WhatsApp’s id of a file', () => {
  const WABA_ID = '1290837465';

  it('leads to it for those who may read it', async () => {
    const id = await storedFile(CONTENT);
    await stack.db.run(sql`update media set waba_id = ${WABA_ID} where id = ${id}`);
    await messageWith(id, { userId: PEOPLE.user });
    const paths = [`/api/v1/media/${WABA_ID}/`, `/api/v1/media/${WABA_ID}`];
    for (const path of paths) {
      expect(await textOf(await ask('user', path))).toBe(CONTENT);
      expect((await ask('group', path)).status).toBe(404);
      expect((await ask(undefined, path)).status).toBe(403);
    }
    const { url } = await (await ask('user', `${paths[0]}signed_url/`)).json<{ url: string }>();
    expect(await textOf(await ask(undefined, url))).toBe(CONTENT);
  });

  it('is no use without a token, not even with the signature of another address', async () => {
    const id = await storedFile(CONTENT);
    await stack.db.run(sql`update media set waba_id = ${WABA_ID} where id = ${id}`);
    const { search } = new URL(signedMediaUrl(stack, id, inSeconds(60), HOST));
    expect((await ask(undefined, `/api/v1/media/${WABA_ID}/${search}`)).status).toBe(403);
  });
});

describe('a file that has just come in', () => {
  it('is waited for: a browser asks for a picture once, as soon as it hears of it', async () => {
    const now = Date.now();
    const id = await incomingFile({ created_at: now, next_at: now + 60_000 });
    const asked = ask('admin', pathOf(id));
    await stack.files.put(mediaKey(id), CONTENT);
    await stack.db.run(
      sql`update media set state = 'stored', size = ${CONTENT.length} where id = ${id}`,
    );
    expect(await textOf(await asked)).toBe(CONTENT);
  });
});

describe('a signed link', () => {
  it('opens its file to whoever has it, by GET and HEAD, with and without the slash', async () => {
    const link = signedMediaUrl(stack, await storedFile(CONTENT), inSeconds(60), HOST);
    for (const target of [link, link.replace('/?', '?')]) {
      const response = await ask(undefined, target);
      expect(response.status).toBe(200);
      expect(await textOf(response)).toBe(CONTENT);
      expect((await ask(undefined, target, { method: 'HEAD' })).status).toBe(200);
    }
  });

  it('begins with the public URL where no other is given', () => {
    const id = crypto.randomUUID();
    const config = { ...stack.config, publicUrl: 'https://public.example' };
    expect(signedMediaUrl({ config }, id, inSeconds(60))).toMatch(
      `https://public.example${pathOf(id)}?`,
    );
  });

  it('opens nothing when its time is over', async () => {
    const link = signedMediaUrl(stack, await storedFile(CONTENT), inSeconds(-1), HOST);
    expect((await ask(undefined, link)).status).toBe(403);
  });

  it('opens no other file, and not for longer', async () => {
    const link = new URL(signedMediaUrl(stack, await storedFile(CONTENT), inSeconds(60), HOST));
    const other = await storedFile(CONTENT);
    expect((await ask(undefined, pathOf(other) + link.search)).status).toBe(403);
    link.searchParams.set('expires', String(Number(link.searchParams.get('expires')) + 1));
    expect((await ask(undefined, link.href)).status).toBe(403);
  });
});

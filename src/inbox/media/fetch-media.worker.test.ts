import { sql } from 'drizzle-orm';
import { createHash } from 'node:crypto';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { faulty } from '../../outbound/faulty-server.test-support.ts';
import { DOWNLOAD_LIMITS } from './download-media.ts';
import { fetchMedia } from './fetch-media.ts';
import {
  answerRequests,
  contentOf,
  incomingFile,
  info,
  KEY,
  META_LINK,
  rowOf,
  stack,
  WABA_URL,
} from './media.test-support.ts';

const T0 = Date.UTC(2026, 10, 1);
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** Of `the bytes`. */
const SHA256 = createHash('sha256').update('the bytes').digest('hex');

const DOWNLOAD = '/whatsapp_business/attachments/';
const NO_SUCH_OBJECT = {
  error: { code: 100, error_subcode: 33, message: '(#100) No such object' },
};

beforeEach(async () => {
  vi.spyOn(console, 'log').mockReturnValue();
  await stack.db.batch([
    sql`delete from media`,
    sql`delete from counters where name = 'media_failures'`,
  ]);
});

afterEach(() => {
  vi.restoreAllMocks();
});

async function newFile(): Promise<string> {
  return incomingFile({ created_at: T0, next_at: T0 });
}

/** A URL stands for the real server there. */
type Download = () => Response | URL | Promise<Response>;

/** WABA as it should be, with this download. */
function answerDownload(download: Download, fields: object = {}) {
  return answerRequests(({ url }) => (url.includes(DOWNLOAD) ? download() : info(fields)));
}

/** A body whose length nobody told. */
function unsized(...chunks: string[]): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(new TextEncoder().encode(chunk));
      controller.close();
    },
  });
}

describe('fetching a file', () => {
  it("downloads it through WABA's host and stores it with the type that WABA tells", async () => {
    const sent = answerDownload(
      () => new Response('the bytes', { headers: { 'content-length': '9' } }),
      {
        mime_type: 'image/png',
      },
    );
    const id = await newFile();
    expect(await fetchMedia(stack, id, T0)).toBeUndefined();
    expect(await contentOf(id)).toBe('the bytes');
    expect(await rowOf(id)).toMatchObject({
      state: 'stored',
      mime_type: 'image/png',
      size: 9,
      next_at: null,
      attempts: 0,
    });
    expect(sent.map(({ url }) => url)).toEqual([
      `${WABA_URL}/waba-${id}`,
      META_LINK.replace('https://lookaside.fbsbx.com', WABA_URL),
    ]);
    for (const request of sent) {
      expect(request.headers.get('d360-api-key')).toBe(KEY);
      expect(request.redirect).toBe('manual');
    }
  });

  it('is done once by those who are rung together', async () => {
    const sent = answerDownload(() => new Response('x', { headers: { 'content-length': '1' } }));
    const id = await newFile();
    await Promise.all([fetchMedia(stack, id, T0), fetchMedia(stack, id, T0)]);
    await fetchMedia(stack, id, T0 + HOUR_MS);
    expect(sent).toHaveLength(2);
  });

  it('is not done before it is due, nor for what is not there', async () => {
    const sent = answerDownload(() => new Response('x'));
    const id = await incomingFile({ created_at: T0, next_at: T0 + 1 });
    expect(await fetchMedia(stack, id, T0)).toBeUndefined();
    expect(await fetchMedia(stack, crypto.randomUUID(), T0)).toBeUndefined();
    expect(sent).toEqual([]);
  });

  it('is claimed for long enough to be finished, and due again where it never is', async () => {
    let claimedUntil: number | null = null;
    const id = await newFile();
    answerRequests(async () => {
      claimedUntil = (await rowOf(id)).next_at;
      return info();
    });
    await fetchMedia(stack, id, T0);
    expect(claimedUntil).toBeGreaterThan(T0 + DOWNLOAD_LIMITS.deadlineMs);
    expect(claimedUntil).toBeLessThan(T0 + 5 * MINUTE_MS);
  });

  it('keeps the type of the message where WABA tells none, and the size it tells', async () => {
    answerDownload(() => new Response(unsized('the', ' bytes')), {
      mime_type: undefined,
      file_size: '9',
    });
    const id = await incomingFile({ created_at: T0, mime_type: 'audio/ogg; codecs=opus' });
    await fetchMedia(stack, id, T0);
    expect(await rowOf(id)).toMatchObject({ mime_type: 'audio/ogg; codecs=opus', size: 9 });
    expect(await contentOf(id)).toBe('the bytes');
  });

  it('takes a file of unknown length', async () => {
    answerDownload(() => new Response(unsized('the', ' bytes')));
    const unknown = await newFile();
    await fetchMedia(stack, unknown, T0);
    expect([await contentOf(unknown), (await rowOf(unknown)).size]).toEqual(['the bytes', 9]);
  });

  it.each([
    ['hex', SHA256],
    ['base64', Buffer.from(SHA256, 'hex').toString('base64')],
    ['no way that says anything', 'a placeholder'],
  ])('with its checksum in %s, whatever the download says that it is', async (_, sha256) => {
    const headers = { 'content-type': 'application/octet-stream', 'content-length': '9' };
    answerDownload(() => new Response('the bytes', { headers }), { sha256, file_size: 9 });
    const id = await newFile();
    await fetchMedia(stack, id, T0);
    expect([await contentOf(id), (await rowOf(id)).state]).toEqual(['the bytes', 'stored']);
  });
});

describe('a download with a Content-Encoding', () => {
  const plain = new TextEncoder().encode('the bytes');
  const TOLD: [string, object][] = [
    ['its size', { file_size: 9 }],
    ['its checksum', { sha256: SHA256 }],
    ['both', { file_size: 9, sha256: SHA256 }],
    ['nothing', {}],
  ];
  const PACKERS: Record<string, (bytes: Uint8Array) => Uint8Array> = {
    gzip: gzipSync,
    deflate: deflateSync,
    br: brotliCompressSync,
    identity: (bytes) => bytes,
    'something-else': (bytes) => bytes,
  };

  function labelled(bytes: Uint8Array, encoding: string, isSized = true): Response {
    const body = new Response(bytes).body;
    const length = isSized ? { 'content-length': String(bytes.length) } : undefined;
    return new Response(body, { headers: { 'content-encoding': encoding, ...length } });
  }

  const CASES = Object.keys(PACKERS).flatMap((encoding) =>
    [true, false].flatMap((isSized) =>
      TOLD.map(([told, fields]) => [encoding, told, isSized, fields] as const),
    ),
  );

  it.each(CASES)(
    'of %s is unpacked, and taken as it is where it is not packed; told was %s, its length %s',
    async (encoding, _told, isSized, fields) => {
      for (const bytes of [PACKERS[encoding]?.(plain) ?? plain, plain]) {
        const { row, content } = await outcomeOf(
          () => labelled(bytes, encoding, isSized),
          DOWNLOAD_LIMITS,
          fields,
        );
        expect(content).toBe('the bytes');
        expect(row).toMatchObject({ state: 'stored', size: 9 });
      }
    },
  );

  it.each(['mislabelled', 'packed'])(
    'is the file where a real server sends it %s',
    async (fault) => {
      const download = () => new URL(faulty(fault).url);
      const { content } = await outcomeOf(download, DOWNLOAD_LIMITS, { sha256: SHA256 });
      expect(content).toBe('the bytes');
    },
  );

  it('is kept packed where the file itself is', async () => {
    const file = gzipSync('the bytes');
    const fields = { mime_type: 'application/gzip', file_size: file.length };
    const { row } = await outcomeOf(() => labelled(file, 'gzip', false), DOWNLOAD_LIMITS, fields);
    expect(row).toMatchObject({ state: 'stored', size: file.length });
  });

  it.each([true, false])('is unpacked on its way where it is large: %s', async (isSized) => {
    const large = new Uint8Array(100_000).fill(7);
    const limits = { ...DOWNLOAD_LIMITS, maxUnsizedBytes: 1_000 };
    const fields = {
      file_size: large.length,
      sha256: createHash('sha256').update(large).digest('hex'),
    };
    const packed = gzipSync(large);
    const { row } = await outcomeOf(() => labelled(packed, 'gzip', isSized), limits, fields);
    expect(row).toMatchObject({ state: 'stored', size: large.length });
  });

  it.each([
    ['that breaks off', gzipSync(plain).subarray(0, -12), {}],
    ['of another size', gzipSync('the bytes!'), { file_size: 9 }],
    ['of another checksum', gzipSync('the bites'), { sha256: SHA256 }],
    ['of a page', gzipSync('<html>Sorry</html>'), {}],
    ['of nothing', new Uint8Array(), {}],
  ])('%s is tried again, and leaves nothing behind', async (_, bytes, fields) => {
    const { row, content } = await outcomeOf(
      () => labelled(bytes, 'gzip'),
      DOWNLOAD_LIMITS,
      fields,
    );
    expect([row.state, content]).toEqual(['pending', null]);
  });

  it('is given up where it is unpacked to too much', async () => {
    const limits = { ...DOWNLOAD_LIMITS, maxUnsizedBytes: 10_000 };
    const bomb = gzipSync(new Uint8Array(1_000_000));
    const { row } = await outcomeOf(() => labelled(bomb, 'gzip'), limits);
    expect(row.state).toBe('failed');
  });
});

describe('an answer with status 200 that is not the file', () => {
  const html = { 'content-type': 'text/html; charset=utf-8' };
  const sized = (text: string, more: Record<string, string> = {}) =>
    new Response(text, { headers: { 'content-length': String(text.length), ...more } });

  it.each([
    ['an error page', () => sized('<html>Sorry</html>', html), {}],
    [
      'an error page of unknown length',
      () => new Response(unsized('<html>'), { headers: html }),
      {},
    ],
    ['an error in JSON', () => sized('{"error":1}', { 'content-type': 'application/json' }), {}],
    [
      'a page that says it is a picture',
      () => sized('<!doctype html>', { 'content-type': 'image/jpeg' }),
      {},
    ],
    ['JSON without a type', () => new Response(unsized('{"error":', '1}')), {}],
    ['another kind of file', () => sized('OggS', { 'content-type': 'audio/ogg' }), {}],
    ['empty', () => new Response(null, { headers: { 'content-length': '0' } }), {}],
    ['empty without saying so', () => new Response(unsized()), {}],
    ['empty, where WABA told a size', () => new Response(unsized()), { file_size: 9 }],
    ['shorter than WABA told', () => sized('the byte'), { file_size: '9' }],
    ['longer than WABA told', () => sized('the bytes!'), { file_size: 9 }],
    ['of another checksum', () => sized('the bites'), { file_size: 9, sha256: SHA256 }],
    [
      'of another checksum and unknown length',
      () => new Response(unsized('the bites')),
      { sha256: SHA256 },
    ],
  ])('%s is tried again, and leaves nothing behind', async (_, download, fields) => {
    answerDownload(download, fields);
    const id = await newFile();
    const nextAt = await fetchMedia(stack, id, T0);
    expect(await rowOf(id)).toMatchObject({ state: 'pending', attempts: 1, next_at: nextAt });
    expect(nextAt).toBeLessThan(T0 + MINUTE_MS);
    expect(await contentOf(id)).toBeNull();
    answerDownload(() => sized('the bytes'), fields);
    expect(await fetchMedia(stack, id, nextAt ?? 0)).toBeUndefined();
    expect(await contentOf(id)).toBe('the bytes');
  });

  it('is known by the checksum in the message where WABA tells none now', async () => {
    const id = await newFile();
    const image = { id: '1', sha256: Buffer.from(SHA256, 'hex').toString('base64') };
    await stack.db.run(sql`
      insert into messages (id, chat, from_us, type, timestamp, payload, media_id)
      values (${id}, '48123', 0, 'image', 1, ${JSON.stringify({ image })}, ${id})`);
    answerDownload(() => sized('the bites'));
    const nextAt = await fetchMedia(stack, id, T0);
    expect([await contentOf(id), (await rowOf(id)).state]).toEqual([null, 'pending']);
    answerDownload(() => sized('the bytes'));
    expect(await fetchMedia(stack, id, nextAt ?? 0)).toBeUndefined();
    expect(await contentOf(id)).toBe('the bytes');
  });

  it('is given up with the file: WABA keeps it for seven days', async () => {
    answerDownload(() => sized('<html>', html));
    const id = await newFile();
    let at: number | undefined = T0;
    for (let attempt = 0; at !== undefined && attempt < 100; attempt += 1)
      at = await fetchMedia(stack, id, at);
    expect(at).toBeUndefined();
    expect((await rowOf(id)).state).toBe('failed');
  });
});

describe('our key', () => {
  it.each([
    'https://lookaside.fbsbx.com.evil.com/x',
    'http://lookaside.fbsbx.com/x',
    'https://me@lookaside.fbsbx.com/x',
    'https://lookaside.fbsbx.com@evil.com/x',
    'https://lookaside.fbsbx.com:444/x',
    'https://evil.com/whatsapp_business/attachments/?mid=1',
    'http://127.0.0.1/x',
  ])('is not sent to %s, and nothing is fetched there', async (url) => {
    const sent = answerRequests(() => info({ url }));
    const id = await newFile();
    expect(await fetchMedia(stack, id, T0)).toBeGreaterThan(T0);
    expect(sent.map((request) => request.url)).toEqual([`${WABA_URL}/waba-${id}`]);
    expect(await rowOf(id)).toMatchObject({ state: 'pending', attempts: 1 });
  });

  it.each([301, 302, 303, 307, 308])(
    'does not follow a redirect (%i) of the download',
    async (status) => {
      const headers = { location: 'https://evil.com/collect' };
      const sent = answerDownload(() => new Response(null, { status, headers }));
      const id = await newFile();
      expect(await fetchMedia(stack, id, T0)).toBeGreaterThan(T0);
      expect(sent).toHaveLength(2);
      expect(await contentOf(id)).toBeNull();
    },
  );

  it('does not follow a redirect of the look-up', async () => {
    const headers = { location: 'https://evil.com/collect' };
    const sent = answerRequests(() => new Response(null, { status: 302, headers }));
    const id = await newFile();
    expect(await fetchMedia(stack, id, T0)).toBeGreaterThan(T0);
    expect(sent).toHaveLength(1);
  });
});

/** What a first attempt with this download leaves. */
async function outcomeOf(download: Download, limits = DOWNLOAD_LIMITS, fields: object = {}) {
  answerDownload(download, fields);
  const id = await newFile();
  const nextAt = await fetchMedia(stack, id, T0, limits);
  return { nextAt, row: await rowOf(id), content: await contentOf(id) };
}

describe('a download that fails', () => {
  it.each([
    ['is refused', () => new Response('no', { status: 404 })],
    ['is shorter than told', () => new Response('abc', { headers: { 'content-length': '5' } })],
    ['is longer than told', () => new Response('abc', { headers: { 'content-length': '2' } })],
    ['meets no network', () => Promise.reject(new Error('Network connection lost.'))],
    [
      'breaks off',
      () => {
        const body = new ReadableStream<Uint8Array>({
          pull: (controller) => controller.error(new Error('reset')),
        });
        return new Response(body, { headers: { 'content-length': '5' } });
      },
    ],
  ])('because it %s is tried again soon and leaves nothing behind', async (_, download) => {
    const { nextAt, row, content } = await outcomeOf(download);
    expect(nextAt).toBeGreaterThanOrEqual(T0 + 5_000);
    expect(nextAt).toBeLessThan(T0 + MINUTE_MS);
    expect(row).toMatchObject({ state: 'pending', attempts: 1, next_at: nextAt });
    expect(content).toBeNull();
  });

  it.each([
    ['answer hangs', 'silent', {}],
    ['body, of known length, trickles', 'trickle', { file_size: 5_000 }],
    ['body, of unknown length, trickles', 'trickle', {}],
    ['body, of known length, has no end', 'endless', { file_size: 90_000_000 }],
  ])('because its %s is ended by the deadline', async (_, fault, fields) => {
    const server = faulty(fault);
    const limits = { ...DOWNLOAD_LIMITS, deadlineMs: 300 };
    const { nextAt, content } = await outcomeOf(() => new URL(server.url), limits, {
      mime_type: 'application/json',
      ...fields,
    });
    expect(nextAt).toBeGreaterThanOrEqual(T0 + 5_000);
    expect(nextAt).toBeLessThan(T0 + MINUTE_MS);
    expect(content).toBeNull();
    vi.restoreAllMocks();
    await server.isLetGo();
  });

  it.each([
    [
      'by what it says',
      () => new Response('x'.repeat(11), { headers: { 'content-length': '11' } }),
    ],
    ['without saying so', () => new Response(unsized('x'.repeat(6), 'x'.repeat(5)))],
  ])('because it is too large, %s, is given up', async (_, download) => {
    const limits = { ...DOWNLOAD_LIMITS, maxBytes: 10, maxUnsizedBytes: 10 };
    const { nextAt, row, content } = await outcomeOf(download, limits);
    expect(nextAt).toBeUndefined();
    expect(row).toMatchObject({ state: 'failed', next_at: null });
    expect(content).toBeNull();
  });
});

describe('a look-up that fails', () => {
  it('is not repeated where WABA knows no such file', async () => {
    const sent = answerRequests(() => Response.json(NO_SUCH_OBJECT, { status: 400 }));
    const id = await newFile();
    expect(await fetchMedia(stack, id, T0)).toBeUndefined();
    expect(await fetchMedia(stack, id, T0 + HOUR_MS)).toBeUndefined();
    expect(sent).toHaveLength(1);
    expect((await rowOf(id)).state).toBe('failed');
  });

  it('without an answer is repeated at once and costs nothing of the allowance', async () => {
    answerRequests(() => new Error('Network connection lost.'));
    for (let n = 0; n < 10; n += 1) {
      const nextAt = await fetchMedia(stack, await newFile(), T0);
      expect(nextAt).toBeLessThan(T0 + MINUTE_MS);
    }
    const sent = answerDownload(() => new Response('x', { headers: { 'content-length': '1' } }));
    await fetchMedia(stack, await newFile(), T0);
    expect(sent).toHaveLength(2);
  });

  it('is given up when WABA has deleted the file', async () => {
    answerRequests(() => new Response(null, { status: 500 }));
    const now = T0 + 7 * 24 * HOUR_MS - MINUTE_MS;
    const id = await incomingFile({ created_at: T0, next_at: now, attempts: 30 });
    expect(await fetchMedia(stack, id, now)).toBeUndefined();
    expect((await rowOf(id)).state).toBe('failed');
  });

  it('happens no more than five times in any hour, and every file has its turn', async () => {
    let now = T0;
    const failures: number[] = [];
    answerRequests(({ url }) => {
      if (url.includes(DOWNLOAD)) return new Response('x', { headers: { 'content-length': '1' } });
      if (url.includes('good')) return info();
      failures.push(now);
      return url.includes('dead')
        ? Response.json(NO_SUCH_OBJECT, { status: 400 })
        : new Response(null, { status: 500 });
    });
    for (let n = 0; n < 6; n += 1) {
      for (const kind of ['dead', 'good', 'ill']) {
        await incomingFile({ waba_id: `${kind}-${n}`, created_at: T0 });
      }
    }
    await stack.db.run(sql`update media set next_at = ${T0}`);
    while (now < T0 + 24 * HOUR_MS) {
      const next = await stack.db.first<{ id: string; next_at: number }>(
        sql`select id, next_at from media where state = 'pending' order by next_at limit 1`,
      );
      if (next === undefined) break;
      now = Math.max(now, next.next_at);
      await fetchMedia(stack, next.id, now);
    }
    for (const start of failures) {
      const within = failures.filter((at) => at >= start && at <= start + HOUR_MS);
      expect(within.length).toBeLessThanOrEqual(5);
    }
    const left = await stack.db.all<{ waba_id: string; state: string }>(
      sql`select waba_id, state from media order by waba_id`,
    );
    const states = left.map((row) => `${row.waba_id.split('-')[0]} ${row.state}`);
    expect([...new Set(states)]).toEqual(['dead failed', 'good stored', 'ill pending']);
  });
});

import { sql } from 'drizzle-orm';
import { beforeAll, describe, expect, it } from 'vitest';
import { findUser } from '../../auth/user.ts';
import { acceptMessage } from '../../inbox/sending/accept-message.ts';
import { linksAt } from '../../inbox/media/links.ts';
import { stack, storedFile } from '../../inbox/media/media.test-support.ts';
import { ask, HOST, PEOPLE, preparePeople, type Who } from '../media/media.test-support.ts';

const { config, db } = stack;
const ADA = '48111111111';
const NO_SUCH_FILE = { link: ['There is no such file.'] };

beforeAll(preparePeople);

function linkTo(id: string, host = HOST): string {
  return `${host}/api/v1/media/${id}/`;
}

async function send(type: string, content: object, who: Who = 'admin') {
  const response = await ask(who, '/api/v1/messages/', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ wa_id: ADA, type, [type]: content }),
  });
  const body = await response.json<Record<string, unknown>>();
  return { status: response.status, body };
}

/** A template with a file in its header. */
function headed(kind: string, link: string): object {
  const components = [{ type: 'header', parameters: [{ type: kind, [kind]: { link } }] }];
  return { name: 'n', language: { code: 'en' }, components };
}

async function mediaIdOf(messageId: unknown): Promise<unknown> {
  return db.first(sql`select media_id, payload from messages where id = ${messageId}`);
}

describe('a file of ours', () => {
  it('is known as the message’s file', async () => {
    const id = await storedFile('x');
    const { status, body } = await send('image', { link: linkTo(id), caption: 'look' });
    expect(status).toBe(202);
    expect(await mediaIdOf(body['id'])).toMatchObject({ media_id: id });
  });

  it.each(['https://public.example', 'http://localhost:8787', 'http://127.0.0.1:1'])(
    'is known by %s: the public URL, or a name of this machine',
    async (host) => {
      const id = await storedFile('x');
      const user = await findUser(db, PEOPLE.admin);
      if (user === undefined) throw new Error('There is no admin.');
      const content = { link: linkTo(id, host) };
      const message = { chat: ADA, type: 'image', content };
      const accepted = await acceptMessage(
        { db, config: { ...config, publicUrl: 'https://public.example' } },
        user,
        { ...message, repliesTo: undefined, callbackData: undefined },
        { now: 1 },
      );
      expect(await mediaIdOf(accepted.id)).toMatchObject({ media_id: id });
    },
  );

  it('is not sent by somebody who may not see it, under whatever host', async () => {
    const id = await storedFile('x');
    for (const host of [HOST, 'https://other.example']) {
      expect(await send('image', { link: linkTo(id, host) }, 'group')).toEqual({
        status: 400,
        body: { image: NO_SUCH_FILE, reason: expect.any(String) },
      });
    }
  });

  it('must be there, in a template’s header as well', async () => {
    const link = linkTo(crypto.randomUUID());
    const missing = { status: 400, body: { image: NO_SUCH_FILE, reason: expect.any(String) } };
    expect(await send('image', { link })).toEqual(missing);
    expect(await send('template', headed('image', link))).toEqual({
      status: 400,
      body: { template: NO_SUCH_FILE, reason: expect.any(String) },
    });
    const local = linkTo(crypto.randomUUID(), 'http://localhost:8787');
    expect(await send('image', { link: local })).toEqual(missing);
  });

  it('must be one that WhatsApp handed out', async () => {
    const id = await storedFile('x');
    await db.run(sql`update media set state = 'failed' where id = ${id}`);
    expect(await send('image', { link: linkTo(id) })).toMatchObject({ status: 400 });
  });

  it.each([
    ['application/pdf', 'sticker'],
    ['application/pdf', 'video'],
    ['image/png', 'sticker'],
    ['image/webp', 'image'],
    ['video/mp4', 'audio'],
    ['audio/ogg; codecs=opus', 'video'],
  ])('of type %s is not sent as %s', async (mimeType, type) => {
    const link = linkTo(await storedFile('x', { mime_type: mimeType }));
    const problem = { link: [`A file of type ${mimeType} is no ${type}.`] };
    expect(await send(type, { link })).toEqual({
      status: 400,
      body: { [type]: problem, reason: expect.any(String) },
    });
    expect(await send('template', headed(type, link))).toEqual({
      status: 400,
      body: { template: problem, reason: expect.any(String) },
    });
  });

  it.each([
    ['application/pdf', 'document'],
    ['image/png', 'document'],
    ['image/webp', 'sticker'],
    ['audio/ogg; codecs=opus', 'audio'],
  ])('of type %s is sent as %s', async (mimeType, type) => {
    const link = linkTo(await storedFile('x', { mime_type: mimeType }));
    expect(await send(type, { link })).toMatchObject({ status: 202 });
  });

  it.each(['text/csv', 'application/zip', 'application/octet-stream'])(
    'of type %s, which WhatsApp never takes, is refused at once',
    async (mimeType) => {
      const link = linkTo(await storedFile('x', { mime_type: mimeType }));
      const problem = { link: [`WhatsApp takes no files of type ${mimeType}.`] };
      expect(await send('document', { link })).toEqual({
        status: 400,
        body: { document: problem, reason: expect.any(String) },
      });
    },
  );

  it('is known by the signed link that it was shown with, whatever host that has', async () => {
    const id = await storedFile('x');
    for (const base of [HOST, 'https://former.example']) {
      const { mediaLink } = linksAt(config, base, Date.UTC(2026, 0, 1));
      const { body } = await send('image', { link: mediaLink(id) });
      expect(await mediaIdOf(body['id'])).toMatchObject({
        media_id: id,
        payload: expect.not.stringContaining('signature'),
      });
    }
    const forged = linksAt({ ...config, name: 'acme' }, 'https://former.example', 0).mediaLink(id);
    const { body } = await send('image', { link: forged });
    expect(await mediaIdOf(body['id'])).toMatchObject({ media_id: null });
  });

  it('opens in a template’s header as in any message', async () => {
    const id = await storedFile('x');
    const { body } = await send('template', headed('image', linkTo(id)));
    const shown = await (await ask('admin', `/api/v1/messages/${String(body['id'])}/`)).text();
    const link = /"link":"([^"]+)"/.exec(shown)?.[1] ?? '';
    expect((await ask(undefined, link)).status).toBe(200);
  });

  it('is told apart from what another host has under the same path', async () => {
    const taken = await storedFile('x', { mime_type: 'application/pdf' });
    for (const id of [taken, crypto.randomUUID()]) {
      const link = linkTo(id, 'https://other.example');
      const { body } = await send('image', { link });
      expect(await mediaIdOf(body['id'])).toMatchObject({
        media_id: null,
        payload: expect.stringContaining(`"link":"${link}"`),
      });
    }
  });
});

describe('a file of ours that is named by its id', () => {
  const unknown = { id: ['There is no such file.'] };

  /** A template, or an interactive message, with a file in its header. */
  const HEADED: Record<string, (kind: string, file: object) => object> = {
    template: (kind, file) => ({
      name: 'n',
      language: { code: 'en' },
      components: [{ type: 'header', parameters: [{ type: kind, [kind]: file }] }],
    }),
    interactive: (kind, file) => ({
      type: 'button',
      header: { type: kind, [kind]: file },
      body: { text: 'b' },
      action: { buttons: [{ type: 'reply', reply: { id: crypto.randomUUID(), title: 't' } }] },
    }),
  };

  it('is the message’s file, and is sent as by a link to it', async () => {
    for (const id of [await storedFile('x'), (await storedFile('x')).toUpperCase()]) {
      const { status, body } = await send('image', { id, caption: 'look' });
      expect(status).toBe(202);
      const fileId = id.toLowerCase();
      expect(await mediaIdOf(body['id'])).toMatchObject({
        media_id: fileId,
        payload: expect.stringContaining(`/api/v1/media/${fileId}/`),
      });
    }
  });

  it.each(['template', 'interactive'])('may stand in the header of a %s', async (type) => {
    const id = await storedFile('x');
    const { status, body } = await send(type, HEADED[type]?.('image', { id }) ?? {});
    expect(status).toBe(202);
    expect(await mediaIdOf(body['id'])).toMatchObject({
      payload: expect.stringContaining(`{"link":"http://localhost/api/v1/media/${id}/"}`),
    });
  });

  it.each(['image', 'audio', 'video', 'document', 'sticker'])(
    'must be there, for a message of type %s and in headers',
    async (type) => {
      const file = { id: crypto.randomUUID() };
      const refused = (field: string) => ({
        status: 400,
        body: { [field]: unknown, reason: expect.any(String) },
      });
      expect(await send(type, file)).toEqual(refused(type));
      for (const [field, withFile] of Object.entries(HEADED)) {
        if (type === 'audio' || type === 'sticker') continue;
        expect(await send(field, withFile(type, file))).toEqual(refused(field));
      }
    },
  );

  it('must be one that the sender may see, and of a type that fits', async () => {
    const id = await storedFile('x');
    const refused = { status: 400, body: { image: unknown, reason: expect.any(String) } };
    expect(await send('image', { id }, 'group')).toEqual(refused);
    const problem = { id: ['A file of type image/jpeg is no sticker.'] };
    expect(await send('sticker', { id })).toMatchObject({
      status: 400,
      body: { sticker: problem },
    });
    const blank = { id: ['This field may not be blank.'] };
    expect(await send('image', { id: '' })).toMatchObject({ status: 400, body: { image: blank } });
  });

  it('is told from an id of WhatsApp’s, which is sent as it is', async () => {
    const { status, body } = await send('image', { id: '1013859600285441' });
    expect(status).toBe(202);
    expect(await mediaIdOf(body['id'])).toMatchObject({
      media_id: null,
      payload: expect.stringContaining('"image":{"id":"1013859600285441"}'),
    });
  });

  it('goes by its link where it has one as well', async () => {
    const id = await storedFile('x');
    const file = { id: crypto.randomUUID(), link: linkTo(id) };
    const { body } = await send('image', file);
    expect(await mediaIdOf(body['id'])).toMatchObject({ media_id: id });
  });
});

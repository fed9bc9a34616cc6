import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exportStack, storedFiles, type ExportJob } from '../scripts/transfer/export-stack.ts';
import { importStack } from '../scripts/transfer/import-stack.ts';
import { startWorld, type World } from './support/world.ts';

const ADA = '15550001111';

let from: World;
let to: World;
let dir: string;

beforeAll(async () => {
  [from, to] = await Promise.all([startWorld(), startWorld()]);
  dir = await mkdtemp(join(tmpdir(), 'waypost-transfer-'));
});

afterAll(async () => {
  await Promise.all([from?.close(), to?.close()]);
  await rm(dir, { recursive: true, force: true });
});

function job(world: World): ExportJob {
  return { url: world.router.url, token: world.admin.token, dir, print: () => undefined };
}

describe('a stack that is exported and taken into an empty one', () => {
  it('has the same messages, chats, tags, events and files there', async () => {
    const { api } = from.admin;
    await from.write(ADA, { text: 'Dzień dobry 👋', name: 'Ada Lovelace' });
    await from.write(ADA, { type: 'image', image: { caption: 'look' } });
    await api.createMessage({ body: { wa_id: ADA, type: 'text', text: { body: 'Hi Ada!' } } });
    const tag = await api.createTag({ body: { name: 'urgent' } });
    await api.createChatTagging({ body: { chat: ADA, tag: tag.id } });
    await expect.poll(() => from.sandbox.sent.length).toBe(1);
    await expect.poll(() => exportStack(job(from)).then(({ files }) => files)).toBe(1);

    // Ended half-way: what was written without being noted is written again.
    const state = JSON.parse(await readFile(join(dir, 'export.json'), 'utf8')) as {
      tables: Record<string, { next: string | null; rows: number; bytes: number }>;
    };
    state.tables['messages'] = { next: '', rows: 0, bytes: 0 };
    state.tables['events'] = { next: '', rows: 0, bytes: 0 };
    await writeFile(join(dir, 'export.json'), JSON.stringify(state));
    const exported = await exportStack(job(from));
    expect(exported.tables['messages']).toMatchObject({ rows: 3, next: null });

    const rows = await importStack(job(to));
    expect(rows).toMatchObject({ messages: 3, chats: 1, tags: 1, chat_taggings: 1 });
    expect(rows['events']).toBe(exported.tables['events']?.rows);
    const both = [from, to].map(async ({ admin }) => {
      const { results } = await admin.api.listMessages();
      return results.map(({ id, waba_payload: payload }) => [id, payload?.type]);
    });
    const [before, after] = await Promise.all(both);
    expect(after).toEqual(before);
    const [file] = storedFiles(dir);
    const bytes = [from, to].map(async ({ router, admin }) => {
      const headers = { Authorization: `Token ${admin.token}` };
      const response = await fetch(`${router.url}/api/v1/media/${file?.id}/`, { headers });
      return Buffer.from(await response.arrayBuffer()).toString('base64');
    });
    const [sent, received] = await Promise.all(bytes);
    expect(sent?.length).toBeGreaterThan(0);
    expect(received).toBe(sent);

    await to.write(ADA, { text: 'And on we go' });
    expect((await to.admin.api.listMessages({ query: { wa_id: ADA } })).count).toBe(4);
    // One that has something of its own takes nothing more.
    const params = { table: 'tags' } as const;
    const form = new FormData();
    const refused = { status: 409 };
    await expect(to.admin.api.importRows({ params, body: form })).rejects.toMatchObject(refused);
    await expect(
      to.admin.api.importFile({ params: { id: file?.id ?? '' }, body: form }),
    ).rejects.toMatchObject(refused);
    await expect(to.admin.api.finishImport()).rejects.toMatchObject(refused);
    expect(await (await to.admin.api.exportRows({ params })).text()).toContain('"urgent"');
    await expect(importStack(job(to))).rejects.toThrow('No import is under way');
  });
});

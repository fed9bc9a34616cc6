import { env } from 'cloudflare:workers';
import { sql } from 'drizzle-orm';
import { vi } from 'vitest';
import { openStack, type StackContext } from '../../store/open-stack.ts';
import { findMedia, mediaKey, type MediaRow } from './media-row.ts';

/** By https, where no connection is tried before a request. */
export const WABA_URL = 'https://waba.example';
export const KEY = 'key-of-the-number';
export const META_LINK = 'https://lookaside.fbsbx.com/whatsapp_business/attachments/?mid=1&hash=a';

const opened = openStack(env, 'default');

/** The default stack's rows and files, with a number at `WABA_URL`. */
export const stack: StackContext = {
  ...opened,
  config: { ...opened.config, wabaApiUrl: WABA_URL, d360ApiKey: KEY },
};

/** What was asked of somebody over the network. */
export interface SentRequest {
  method: string;
  url: string;
  headers: Headers;
  redirect: string | undefined;
  /** As text; empty for none. */
  body: string;
}

type Answer = Response | Error | URL | Promise<Response>;

const overTheNetwork = globalThis.fetch;

/**
 * Lets `answer` stand for all of the network, with requests as they would leave; returns what was
 * sent. A body is read before it is answered. Where the answer is a URL it is asked for with the request's
 * options, so that a real server answers.
 */
export function answerRequests(answer: (request: SentRequest) => Answer): SentRequest[] {
  const sent: SentRequest[] = [];
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) => {
    const body = init?.body;
    const request: SentRequest = {
      method: init?.method ?? 'GET',
      url: input instanceof Request ? input.url : String(input),
      headers: new Headers(init?.headers),
      redirect: init?.redirect,
      body: body === undefined || body === null ? '' : await new Response(body).text(),
    };
    sent.push(request);
    const answered = await answer(request);
    if (answered instanceof Error) throw answered;
    if (answered instanceof URL) return overTheNetwork(answered, init);
    return answered;
  });
  return sent;
}

/** WABA's answer to `GET /{media-id}`. */
export function info(fields: object = {}): Response {
  return Response.json({ url: META_LINK, mime_type: 'image/jpeg', id: '1', ...fields });
}

/** Puts an incoming file's row as ingest does; returns its id. */
export async function incomingFile(fields: Partial<MediaRow> = {}): Promise<string> {
  const id = crypto.randomUUID();
  const row = { waba_id: `waba-${id}`, mime_type: 'image/jpeg', filename: null, ...fields };
  const createdAt = fields.created_at ?? 1_000;
  await stack.db.run(sql`
    insert into media (id, waba_id, state, mime_type, filename, attempts, next_at, created_at)
    values (${id}, ${row.waba_id}, 'pending', ${row.mime_type}, ${row.filename},
      ${fields.attempts ?? 0}, ${fields.next_at ?? createdAt}, ${createdAt})`);
  return id;
}

/** Puts a file that is there; returns its id. */
export async function storedFile(
  content: string | Uint8Array,
  fields: Partial<MediaRow> = {},
): Promise<string> {
  const id = crypto.randomUUID();
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
  await stack.files.put(mediaKey(id), bytes);
  await stack.db.run(sql`
    insert into media (id, state, mime_type, filename, size, user_id, created_at)
    values (${id}, 'stored', ${fields.mime_type ?? 'image/jpeg'}, ${fields.filename ?? null},
      ${bytes.length}, ${fields.user_id ?? null}, 1000)`);
  return id;
}

/** Returns a file's row. Throws where there is none. */
export async function rowOf(id: string): Promise<MediaRow> {
  const row = await findMedia(stack.db, id);
  if (row === undefined) throw new Error(`There is no file ${id}.`);
  return row;
}

/** Returns what lies in the files for a file; null where nothing does. */
export async function contentOf(id: string): Promise<string | null> {
  return stack.files.getText(mediaKey(id));
}

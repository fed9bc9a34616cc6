import { beforeAll, describe, expect, it } from 'vitest';
import { storedFile } from '../../inbox/media/media.test-support.ts';
import {
  ask,
  HOST,
  messageWith,
  PEOPLE,
  preparePeople,
  textOf,
  type Who,
} from './media.test-support.ts';

const CONTENT = 'the bytes of a file';

beforeAll(preparePeople);

function pathOf(id: string): string {
  return `/api/v1/media/${id}/signed_url/`;
}

async function linkTo(id: string, query = '', who: Who = 'admin') {
  const response = await ask(who, pathOf(id) + query);
  expect(response.status).toBe(200);
  return response.json<{ url: string; expires_at: number }>();
}

async function statusFor(who: Who | undefined, id: string): Promise<number> {
  return (await ask(who, pathOf(id))).status;
}

describe('GET /media/{id}/signed_url/', () => {
  it('answers a link on this host that opens the file to anybody', async () => {
    const id = await storedFile(CONTENT);
    const { url } = await linkTo(id);
    expect(url).toContain(`${HOST}/api/v1/media/${id}/?expires=`);
    expect(await textOf(await ask(undefined, url))).toBe(CONTENT);
  });

  it.each([
    ['', 3_600],
    ['?expires_in=', 3_600],
    ['?expires_in=1', 1],
    ['?expires_in=604800', 604_800],
  ])('is good with %j for %i seconds', async (query, seconds) => {
    const before = Math.floor(Date.now() / 1000);
    const { url, expires_at: expiresAt } = await linkTo(await storedFile(CONTENT), query);
    expect(expiresAt).toBeGreaterThanOrEqual(before + seconds);
    expect(expiresAt).toBeLessThanOrEqual(Math.floor(Date.now() / 1000) + seconds);
    expect(new URL(url).searchParams.get('expires')).toBe(String(expiresAt));
  });

  it.each(['0', '-1', '604801', '1.5', 'soon', '1e3'])('refuses %s seconds', async (seconds) => {
    const response = await ask(
      'admin',
      `${pathOf(await storedFile(CONTENT))}?expires_in=${seconds}`,
    );
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({
      expires_in: [expect.any(String)],
      reason: expect.any(String),
    });
  });

  it('is for those who may read the file, and tells others nothing of it', async () => {
    const id = await storedFile(CONTENT);
    await messageWith(id, { userId: PEOPLE.user });
    expect(await statusFor('all', id)).toBe(200);
    expect(await statusFor('user', id)).toBe(200);
    expect(await statusFor('none', id)).toBe(404);
    expect(await statusFor('admin', crypto.randomUUID())).toBe(404);
    expect(await statusFor('admin', 'x')).toBe(404);
    expect(await statusFor(undefined, id)).toBe(403);
  });

  it('is not opened by a signed link itself', async () => {
    const id = await storedFile(CONTENT);
    const { search } = new URL((await linkTo(id)).url);
    expect((await ask(undefined, pathOf(id) + search)).status).toBe(403);
  });
});

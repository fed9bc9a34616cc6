import { Hono } from 'hono';
import { describe, expect, it } from 'vitest';
import { testConfig } from '../auth/config.test-support.ts';
import { page, type PageOf, pageQuery } from './pagination.ts';

/** Returns what a list answers at an address. */
async function pageAt(url: string, part: PageOf<number>, publicUrl?: string): Promise<unknown> {
  const stack = { config: testConfig({ publicUrl }) };
  const app = new Hono<{ Variables: { stack: typeof stack } }>()
    .use(async (c, next) => {
      c.set('stack', stack);
      await next();
    })
    .get('*', (c) => c.json(page(c, part)));
  return (await app.request(url)).json();
}

describe('pageQuery', () => {
  it.each([
    [{}, { limit: 100, offset: 0 }],
    [
      { limit: '20', offset: '40' },
      { limit: 20, offset: 40 },
    ],
    [{ limit: '5000' }, { limit: 5000, offset: 0 }],
    [{ limit: '5001' }, { limit: 5000, offset: 0 }],
    [{ limit: '0' }, { limit: 100, offset: 0 }],
    [
      { limit: '-5', offset: '-5' },
      { limit: 100, offset: 0 },
    ],
    [
      { limit: 'x', offset: '1.5' },
      { limit: 100, offset: 0 },
    ],
    [
      { limit: '', offset: '' },
      { limit: 100, offset: 0 },
    ],
    [
      { limit: ['1', '2'], offset: ['3', '4'] },
      { limit: 2, offset: 4 },
    ],
    [
      { limit: '9'.repeat(400), offset: '9'.repeat(30) },
      { limit: 5000, offset: 2 ** 53 - 1 },
    ],
  ])('reads %j as %j', (query, expected) => {
    expect(pageQuery.parse(query)).toEqual(expected);
  });
});

describe('page', () => {
  const url = 'https://acme.example.com:8443/api/v1/messages/?wa_id=48&limit=2';

  it('links to both neighbours with the other parameters kept', async () => {
    const part = { count: 5, results: [3, 4], limit: 2, offset: 2 };
    expect(await pageAt(`${url}&offset=2`, part)).toEqual({
      count: 5,
      next: 'https://acme.example.com:8443/api/v1/messages/?wa_id=48&limit=2&offset=4',
      previous: 'https://acme.example.com:8443/api/v1/messages/?wa_id=48&limit=2',
      results: [3, 4],
    });
  });

  it('begins its links with the public URL: a proxy may speak https with others, and http with us', async () => {
    const part = { count: 5, results: [1, 2], limit: 2, offset: 0 };
    expect(
      await pageAt('http://router:8787/list/?a=b', part, 'https://inbox.example'),
    ).toMatchObject({
      next: 'https://inbox.example/list/?a=b&limit=2&offset=2',
    });
  });

  it('says the limit in its links also where it was not asked for', async () => {
    const part = { count: 5, results: [1, 2], limit: 2, offset: 0 };
    expect(await pageAt('http://x/list/', part)).toMatchObject({
      next: 'http://x/list/?limit=2&offset=2',
    });
  });

  it.each([
    ['a whole list', { count: 2, results: [1, 2], limit: 2, offset: 0 }],
    ['an empty list', { count: 0, results: [], limit: 2, offset: 0 }],
  ])('has no neighbours for %s', async (_what, part) => {
    expect(await pageAt(url, part)).toMatchObject({ next: null, previous: null });
  });

  it('leads back from beyond the end', async () => {
    const part = { count: 3, results: [], limit: 2, offset: 9 };
    expect(await pageAt(`${url}&offset=9`, part)).toMatchObject({
      next: null,
      previous: expect.stringContaining('offset=7'),
    });
  });

  it('counts what is known to be there where the list was not counted', async () => {
    const more = { hasNext: true, results: [3, 4], limit: 2, offset: 2 };
    expect(await pageAt(`${url}&offset=2`, more)).toMatchObject({
      count: 5,
      next: expect.stringContaining('offset=4'),
    });
    const last = { hasNext: false, results: [5], limit: 2, offset: 4 };
    expect(await pageAt(`${url}&offset=4`, last)).toMatchObject({ count: 5, next: null });
  });
});

import { describe, expect, it } from 'vitest';
import { Faults } from './faults.ts';
import { setUp, wabaHeaders } from './set-up.test-support.ts';

const HELLO = { to: '16505551234', type: 'text', text: { body: 'hello' } };

describe('which requests a rule hits', () => {
  const cases: [string, { method?: string; path?: string }, boolean][] = [
    ['any request when it names nothing', {}, true],
    ['its own method, however it is written', { method: 'post' }, true],
    ['no other method', { method: 'GET' }, false],
    ['its own path', { path: '/messages' }, true],
    ['no other path', { path: '/message' }, false],
    ['every path behind a beginning with *', { path: '/mess*' }, true],
    ['no path behind another beginning', { path: '/media*' }, false],
  ];
  it.each(cases)('%s', (_, rule, hits) => {
    const faults = new Faults();
    faults.add({ ...rule, times: 1, status: 503 });
    expect(faults.take('POST', '/messages') !== undefined).toBe(hits);
  });

  it('as often as it says, the older rule first', () => {
    const faults = new Faults();
    faults.add({ times: 2, status: 500 });
    faults.add({ times: 1, status: 429 });
    const statuses = Array.from({ length: 4 }, () => faults.take('POST', '/messages')?.status);
    expect(statuses).toEqual([500, 500, 429, undefined]);
  });

  it('with 500 when it names no fault', () => {
    const faults = new Faults();
    faults.add({ times: 1 });
    expect(faults.take('GET', '/health_status')?.status).toBe(500);
  });
});

describe('a fault', () => {
  it('with a status answers it and accepts nothing', async () => {
    const { sandbox, send } = await setUp();
    sandbox.failNext({ times: 1, status: 503, body: { error: 'down' } });
    expect(await send(HELLO)).toEqual({ status: 503, body: { error: 'down' } });
    expect(sandbox.sent).toEqual([]);
    expect((await send(HELLO)).status).toBe(200);
  });

  it('can carry headers and a body that is not JSON', async () => {
    const { sandbox } = await setUp();
    const headers = { 'Retry-After': '7' };
    sandbox.failNext({ times: 1, status: 429, body: '<html>', headers });
    const response = await fetch(`${sandbox.url}/health_status`, { headers: wabaHeaders() });
    expect([response.status, response.headers.get('retry-after')]).toEqual([429, '7']);
    expect(await response.text()).toBe('<html>');
  });

  it('with dropAfterAccept accepts the message, breaks the connection and reports it', async () => {
    const { sandbox, send, receiver } = await setUp();
    sandbox.failNext({ path: '/messages', times: 1, dropAfterAccept: true });
    await expect(send({ ...HELLO, biz_opaque_callback_data: 'x1' })).rejects.toThrow(
      'fetch failed',
    );
    expect(sandbox.sent).toHaveLength(1);
    const [sent] = await receiver.until(1);
    expect(sent?.value.statuses?.[0]).toMatchObject({
      id: sandbox.sent[0]?.wamid,
      biz_opaque_callback_data: 'x1',
    });
    expect(sandbox.requests).toMatchObject([{ method: 'POST', path: '/messages', status: 0 }]);
  });

  it('with hangMs accepts at once and answers late, so that a status may come first', async () => {
    const { sandbox, send, receiver } = await setUp({ statusDelayMs: 0 });
    sandbox.failNext({ times: 1, hangMs: 400 });
    let answered = false;
    const sending = send(HELLO).finally(() => (answered = true));
    await receiver.until(1);
    expect(answered).toBe(false);
    expect((await sending).status).toBe(200);
  });

  it('does not touch phones, nor requests with a wrong key', async () => {
    const { sandbox, phone, send } = await setUp();
    sandbox.failNext({ times: 1, status: 500 });
    expect((await phone('16505551234', { text: 'hi' })).status).toBe(202);
    expect((await fetch(`${sandbox.url}/health_status`)).status).toBe(401);
    expect((await send(HELLO)).status).toBe(500);
  });

  it('can be ordered and called off over HTTP', async () => {
    const { sandbox, send } = await setUp();
    const url = `${sandbox.url}/_sandbox/faults`;
    const body = JSON.stringify({ path: '/messages', times: 5, status: 502 });
    expect((await fetch(url, { method: 'POST', body })).status).toBe(201);
    expect((await send(HELLO)).status).toBe(502);
    await fetch(url, { method: 'DELETE' });
    expect((await send(HELLO)).status).toBe(200);
  });

  it.each(['{', '{"times":0}', '{"status":"500"}', '{"sttatus":500}'])(
    'ordered as %s is refused with 400',
    async (body) => {
      const { sandbox } = await setUp();
      const response = await fetch(`${sandbox.url}/_sandbox/faults`, { method: 'POST', body });
      expect(response.status).toBe(400);
      expect(await response.json()).toEqual({ error: expect.stringMatching(/\w/) });
    },
  );
});

describe('the whole sandbox', () => {
  it('answers every WABA call as late as it was started to', async () => {
    const { send } = await setUp({ answerDelayMs: 200 });
    const start = performance.now();
    await send(HELLO);
    expect(performance.now() - start).toBeGreaterThan(195);
  });

  it('closes at once, though answers hang and webhooks have no 200 yet', async () => {
    const { sandbox, send, receiver } = await setUp({ statusDelayMs: 0 });
    receiver.answers.push(...Array.from({ length: 100 }, () => 500));
    await send(HELLO);
    await receiver.until(2);
    sandbox.failNext({ times: 1, hangMs: 60_000 });
    const hanging = send(HELLO).then(
      () => 'answered',
      () => 'broken',
    );
    while (sandbox.sent.length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
    await sandbox.close();
    expect(await hanging).toBe('broken');
    const count = receiver.received.length;
    await new Promise((resolve) => setTimeout(resolve, 600));
    expect(receiver.received).toHaveLength(count);
  });

  it('keeps a log of the latest requests', async () => {
    const { sandbox, send, get } = await setUp();
    await send(HELLO);
    await get('/customers/16505551234/messages');
    expect(await get('/_sandbox/requests')).toEqual([
      { method: 'POST', path: '/messages', status: 200, at: expect.any(Number) },
      {
        method: 'GET',
        path: '/customers/16505551234/messages',
        status: 200,
        at: expect.any(Number),
      },
    ]);
    expect(sandbox.requests).toHaveLength(2);
  });

  it('says what it is at its root', async () => {
    const { sandbox } = await setUp();
    const response = await fetch(sandbox.url);
    expect(response.headers.get('content-type')).toContain('text/plain');
    expect(await response.text()).toContain('curl -d');
  });
});

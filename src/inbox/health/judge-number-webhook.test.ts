import { describe, expect, it } from 'vitest';
import { judgeWebhook } from './judge-number-webhook.ts';

const OWN = { url: 'https://inbox.example/waba/webhook', token: 'secret', isSigned: false };
const BEARER = { Authorization: 'Bearer secret' };

function judge(url: unknown, headers: unknown = BEARER, own = {}) {
  const { isOk, isToBeSet } = judgeWebhook({ url, headers }, { ...OWN, ...own });
  return isOk ? 'ok' : isToBeSet ? 'to be set' : 'elsewhere';
}

describe("the number's webhook", () => {
  it('is well where it points at us and shows our token', () => {
    expect(judge(OWN.url)).toBe('ok');
    expect(judge(`${OWN.url}/`, { authorization: 'Bearer secret' })).toBe('ok');
    expect(judge(`${OWN.url}?token=secret`, {})).toBe('ok');
  });

  it.each(['//waba/webhook', '/waba//webhook/', '/waba/webhook//'])(
    'is well where ingest takes what comes there: %s',
    (path) => {
      expect(judge(`https://inbox.example${path}`)).toBe('ok');
    },
  );

  it.each(['bearer secret', 'Bearer  secret', ' BEARER secret '])(
    'is well where ingest reads our token: %j',
    (authorization) => {
      expect(judge(OWN.url, { authorization })).toBe('ok');
    },
  );

  it('needs no token where a signature lets it pass', () => {
    expect(judge(OWN.url, {}, { isSigned: true })).toBe('ok');
  });

  it.each([[''], [undefined], ['nonsense'], [null]])('is to be set where it is %j', (url) => {
    expect(judge(url)).toBe('to be set');
  });

  it('is to be set where it shows another token', () => {
    expect(judge(OWN.url, { Authorization: 'Bearer old' })).toBe('to be set');
    expect(judge(OWN.url, undefined)).toBe('ok');
    expect(judge(OWN.url, null)).toBe('to be set');
  });

  it.each([
    'https://other.example/waba/webhook',
    'https://inbox.example/hook',
    'http://inbox.example/waba/webhook',
  ])('is left to people where it is %s', (url) => {
    expect(judge(url)).toBe('elsewhere');
  });

  it('may point at this machine by any of its names', () => {
    const own = { url: 'http://localhost:8787/waba/webhook' };
    expect(judge('http://127.0.0.1:8787/waba/webhook', BEARER, own)).toBe('ok');
    expect(judge('http://127.0.0.1:9999/waba/webhook', BEARER, own)).toBe('elsewhere');
  });

  it('tells nothing of another address but its host', () => {
    const { message } = judgeWebhook({ url: 'https://user:pw@other.example/p?token=t' }, OWN);
    expect(message).toBe('The webhook points at other.example.');
  });

  it('is not judged where our settings do not say what it should be', () => {
    expect(judgeWebhook({ url: OWN.url }, undefined)).toMatchObject({
      isOk: true,
      isToBeSet: false,
    });
    expect(judgeWebhook({ url: '' }, undefined)).toMatchObject({ isOk: false, isToBeSet: false });
  });
});

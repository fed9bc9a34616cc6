import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { authenticateWaba } from '../ingest/authenticate-waba.ts';
import { CHANGED_MARK, signatureHeaders, withSignatures } from './meta-signature.ts';

const BODY = new TextEncoder().encode('{"name":"Zo\\u00eb é"}');
const WABAS = { 'x-hub-signature-256': 'sha256=wabas', 'x-360dialog-signature': '360s' };

function signed(secret: string): string {
  return `sha256=${createHmac('sha256', secret).update(BODY).digest('hex')}`;
}

describe('a body of WABA is signed as Meta signs', () => {
  it("with the webhook's own secret, changed or not", () => {
    const secrets = { own: 'own-secret', ofStack: 'stack-secret' };
    expect(signatureHeaders({ [CHANGED_MARK]: '1' }, BODY, secrets)).toEqual({
      'x-hub-signature-256': signed('own-secret'),
    });
    expect(signatureHeaders(WABAS, BODY, secrets)).toEqual({
      'x-hub-signature-256': signed('own-secret'),
      'x-360dialog-signature': '360s',
    });
    expect(signatureHeaders({}, BODY, secrets)).toEqual({
      'x-hub-signature-256': signed('own-secret'),
    });
  });

  it("with the stack's secret where it was changed and the webhook has none", () => {
    const secrets = { own: null, ofStack: 'stack-secret' };
    expect(signatureHeaders({ [CHANGED_MARK]: '1' }, BODY, secrets)).toEqual({
      'x-hub-signature-256': signed('stack-secret'),
    });
  });

  it("by WABA itself where it was not changed: that signature is WABA's own, or there is none", () => {
    const secrets = { own: null, ofStack: 'stack-secret' };
    expect(signatureHeaders(WABAS, BODY, secrets)).toEqual(WABAS);
    expect(signatureHeaders({}, BODY, secrets)).toEqual({});
  });

  it('by nobody where nobody has a secret, and the mark is not sent', () => {
    const secrets = { own: null, ofStack: undefined };
    expect(signatureHeaders({ [CHANGED_MARK]: '1' }, BODY, secrets)).toEqual({});
  });

  it("so that Meta's own check passes", () => {
    const headers = signatureHeaders({}, BODY, { own: 'own-secret', ofStack: undefined });
    const secrets = {
      webhookToken: undefined,
      metaAppSecret: 'own-secret',
      platformSecret: undefined,
    };
    const url = new URL('http://x/waba/webhook');
    expect(() => authenticateWaba(secrets, url, new Headers(headers), BODY)).not.toThrow();
  });

  it("in place of a header of the webhook's that has this name", () => {
    const headers = { 'X-Hub-Signature-256': 'mine', 'X-Key': 'k' };
    expect(withSignatures(headers, WABAS)).toEqual({ 'X-Key': 'k', ...WABAS });
    expect(withSignatures(headers, {})).toEqual(headers);
  });
});

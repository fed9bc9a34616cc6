import { describe, expect, it } from 'vitest';
import { guardUrl, urlPolicyOf } from './url-guard.ts';

const STRICT = { allowPrivate: false, ownHosts: [] };
const LENIENT = { allowPrivate: true, ownHosts: [] };

const RESERVED = 'The host is reserved or internal to a network: give a public host.';
const PRIVATE = 'The host is private: give a host that can be reached from the internet.';
const OWN = 'The URL points back at this service: give the URL of another one.';

describe('guardUrl: what it takes', () => {
  it.each([
    'https://example.com/hook?a=b#c',
    'http://example.com',
    'https://example.com:8443/',
    'https://hooks.example.co.uk.:3000/x',
    'https://bücher.example/',
    'https://internal.example.com/',
    'https://localhost.example.com/',
    'https://metadata.example.com/',
    'https://notnip.io/',
    'https://10.0.0.1.example.com/',
    'http://8.8.8.8/',
    'http://[2606:4700:4700::1111]/',
  ])('takes %s', (url) => {
    expect(guardUrl(url, STRICT)).toEqual({ ok: true, url: new URL(url) });
  });

  it.each([3000, 8080, 8787, 8788, 9000, 9001, 9999, 32_768, 61_000])(
    'takes the development port %i',
    (port) => {
      expect(guardUrl(`http://localhost:${port}/hook`, LENIENT).ok).toBe(true);
    },
  );
});

describe('guardUrl: what a URL must be', () => {
  it.each([
    '',
    'example.com/hook',
    '/hook',
    'http://',
    'http://a b/',
    'http://[::1',
    'http://4294967296',
  ])('refuses %j as not valid', (url) => {
    expect(guardUrl(url, STRICT)).toEqual({
      ok: false,
      reason: 'The URL is not valid: give an absolute one such as https://example.com/hook.',
    });
  });

  it.each(['ftp://example.com', 'file:///etc/passwd', 'javascript:alert(1)', 'ws://example.com'])(
    'refuses the scheme of %s',
    (url) => {
      expect(guardUrl(url, LENIENT)).toEqual({
        ok: false,
        reason: 'The URL must start with https:// or http://.',
      });
    },
  );

  it.each(['https://user@example.com', 'https://user:pw@example.com', 'https://:pw@example.com'])(
    'refuses the credentials in %s',
    (url) => {
      expect(guardUrl(url, LENIENT)).toEqual({
        ok: false,
        reason: 'The URL must not contain a user name or password: use a header instead.',
      });
    },
  );

  it('takes 2,048 characters and refuses one more', () => {
    const url = `https://example.com/${'a'.repeat(2048 - 'https://example.com/'.length)}`;
    expect(guardUrl(url, STRICT).ok).toBe(true);
    expect(guardUrl(`${url}a`, STRICT)).toEqual({
      ok: false,
      reason: 'The URL is longer than 2048 characters.',
    });
  });

  it('counts the characters that are sent, not those that were typed', () => {
    expect(guardUrl(`https://example.com/${'世'.repeat(300)}`, STRICT).ok).toBe(false);
  });

  it.each([0, 22, 25, 53, 2375, 2379, 3306, 5432, 6379, 6667, 9200, 10_250, 11_211, 27_017])(
    'refuses port %i, even where private targets are allowed',
    (port) => {
      expect(guardUrl(`http://localhost:${port}/`, LENIENT)).toEqual({
        ok: false,
        reason: `Port ${port} belongs to another kind of service: use another port.`,
      });
    },
  );

  it.each([
    'https://a..example.com',
    'https://example.com../',
    'https://./',
    'http://127.0.0.1../',
  ])('refuses the empty part in the host of %s', (url) => {
    expect(guardUrl(url, LENIENT)).toEqual({
      ok: false,
      reason: 'The host name is not valid: it has an empty part.',
    });
  });
});

describe('guardUrl: where private targets are not allowed', () => {
  it.each([
    'http://127.0.0.1/',
    'http://127.1/',
    'http://2130706433/',
    'http://0x7f000001/',
    'http://0x7f.0.0.1/',
    'http://0177.0.0.1/',
    'http://017700000001/',
    'http://127.0.0.1./',
    'http://%31%32%37.0.0.1/',
    'http://１２７。０。０。１/',
    'http:127.0.0.1/',
    'http:\\\\127.0.0.1\\',
    ' http://127.0.\n0.1/ ',
    'http://[::1]/',
    'http://[0:0:0:0:0:0:0:1]/',
    'http://[::ffff:127.0.0.1]/',
    'http://[::ffff:7f00:1]/',
  ])('refuses loopback written as %j', (url) => {
    expect(guardUrl(url, STRICT)).toEqual({ ok: false, reason: PRIVATE });
  });

  it.each(['http://LOCALHOST/', 'http://localhost./', 'http://a.localhost:3000/', 'http://nas/'])(
    'refuses the private name in %s',
    (url) => {
      expect(guardUrl(url, STRICT)).toEqual({ ok: false, reason: PRIVATE });
    },
  );
});

describe('guardUrl: where private targets are allowed', () => {
  it.each([
    'http://127.0.0.1:9000/',
    'http://[::1]:9000/',
    'http://[::ffff:127.0.0.1]:9000/',
    'http://10.1.2.3/',
    'http://172.16.0.1/',
    'http://192.168.1.1/',
    'http://100.64.0.1/',
    'http://[fd12:3456::1]/',
    'http://localhost:3000/',
    'http://receiver.test/',
    'http://nas.local/',
    'http://n8n:5678/webhook',
    'http://host.docker.internal:8080/',
    'http://127.0.0.1.nip.io:3000/',
    'http://app.localtest.me/',
  ])('takes %s', (url) => {
    expect(guardUrl(url, LENIENT).ok).toBe(true);
  });

  it.each([
    'http://169.254.169.254/latest/meta-data/',
    'http://2852039166/',
    'http://0xa9fea9fe/',
    'http://169.254.169.254./',
    'http://169.254.170.2/',
    'http://100.100.100.200/',
    'http://192.0.0.192/',
    'http://168.63.129.16/',
    'http://[fd00:ec2::254]/',
    'http://[fd20:ce::254]/',
    'http://[fe80::a9fe:a9fe]/',
    'http://[::ffff:169.254.169.254]/',
    'http://[::ffff:100.100.100.200]/',
    'http://[::169.254.169.254]/',
    'http://[::ffff:0:a9fe:a9fe]/',
    'http://[64:ff9b::a9fe:a9fe]/',
    'http://[64:ff9b:1::a9fe:a9fe]/',
    'http://[2002:a9fe:a9fe::]/',
    'http://[fd00::5efe:a9fe:a9fe]/',
    'http://[2001:0:a9fe:a9fe::1]/',
    'http://metadata.google.internal/computeMetadata/v1/',
    'http://METADATA.google.internal./',
    'http://metadata/',
    'http://instance-data/',
    'http://169.254.169.254.nip.io/',
    'http://169-254-169-254.sslip.io/',
    'http://a9fea9fe.nip.io/',
    'http://0.0.0.0:8080/',
    'http://0/',
    'http://[::]/',
    'http://224.0.0.1/',
    'http://255.255.255.255/',
    'http://[ff02::1]/',
  ])('still refuses %s', (url) => {
    expect(guardUrl(url, LENIENT)).toEqual({ ok: false, reason: RESERVED });
  });
});

describe('guardUrl: our own hosts', () => {
  it.each([
    'https://acme.example.com/waba/webhook',
    'https://ACME.Example.COM/',
    'https://acme.example.com./',
    'http://acme.example.com:8080/',
    'https://acme%2Eexample.com/',
  ])('refuses %s as a loop', (url) => {
    expect(guardUrl(url, { allowPrivate: true, ownHosts: ['Acme.example.com.'] })).toEqual({
      ok: false,
      reason: OWN,
    });
  });

  it.each(['https://example.com/', 'https://x.acme.example.com/', 'https://acme.example.co/'])(
    'takes %s, which is another host',
    (url) => {
      expect(guardUrl(url, { allowPrivate: true, ownHosts: ['acme.example.com'] }).ok).toBe(true);
    },
  );

  it.each(['localhost', 'LOCALHOST.', 'acme.localhost', '127.0.0.1', '127.0.0.2', '[::1]'])(
    'refuses its own port under the name %s of this machine, and takes the next port',
    (host) => {
      const policy = { allowPrivate: true, ownHosts: ['localhost:8787'] };
      expect(guardUrl(`http://${host}:8787/waba/webhook`, policy)).toEqual({
        ok: false,
        reason: OWN,
      });
      expect(guardUrl(`http://${host}:8788/`, policy).ok).toBe(true);
    },
  );

  it('refuses an own host with a default port, written or not', () => {
    const policy = { allowPrivate: false, ownHosts: ['own.example.com:443'] };
    expect(guardUrl('https://own.example.com/', policy).ok).toBe(false);
    expect(guardUrl('https://own.example.com:443/', policy).ok).toBe(false);
    expect(guardUrl('https://own.example.com:8443/', policy).ok).toBe(true);
  });
});

describe('guardUrl: what a refusal tells', () => {
  it('is the same for every reserved address, so that nothing can be learnt from it', () => {
    const reasons = ['http://169.254.169.254/', 'http://[fd00:ec2::254]/', 'http://192.0.2.1/'].map(
      (url) => guardUrl(url, STRICT),
    );
    expect(new Set(reasons.map((result) => (result.ok ? '' : result.reason)))).toEqual(
      new Set([RESERVED]),
    );
  });
});

describe('urlPolicyOf: where a stack may be made to call', () => {
  it.each([
    ['https://way.example.org:8443', 'https://way.example.org/hook', false],
    ['https://way.example.org', 'https://way.example.org:8443/hook', false],
    ['http://localhost:8787', 'http://localhost:8787/hook', false],
    ['http://localhost', 'http://localhost:9000/hook', true],
    [undefined, 'https://way.example.org/hook', true],
  ])('from the public URL %s, at %s: %s', (publicUrl, url, isMade) => {
    const policy = urlPolicyOf({ publicUrl, allowPrivateTargets: true });
    expect(guardUrl(url, policy).ok).toBe(isMade);
  });

  it('is neither at its public URL nor where it was just asked', () => {
    const config = { publicUrl: 'https://way.example.org', allowPrivateTargets: false };
    const policy = urlPolicyOf(config, 'https://acme.example.net/api/v1/webhooks/waba/');
    expect(guardUrl('https://way.example.org/hook', policy).ok).toBe(false);
    expect(guardUrl('https://acme.example.net/hook', policy).ok).toBe(false);
    expect(guardUrl('https://other.example.net/hook', policy).ok).toBe(true);
  });
});

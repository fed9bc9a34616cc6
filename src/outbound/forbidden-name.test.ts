import { describe, expect, it } from 'vitest';
import { classifyName } from './forbidden-name.ts';

describe('classifyName', () => {
  it.each([
    'example.com',
    'hooks.example.co.uk',
    'mylocalhost.com',
    'local.example.com',
    'corp.com',
    'metadata.example.com',
    'notlocaltest.me',
    'notnip.io',
    '10.0.0.1.example.com',
  ])('takes %s as public', (name) => {
    expect(classifyName(name)).toBe('public');
  });

  it.each([
    'localhost',
    'a.localhost',
    'localhost.localdomain',
    'printer.local',
    'redis.default.svc.cluster.local',
    'redis.default.svc',
    'db.internal',
    'host.docker.internal',
    'router.home.arpa',
    'nas.lan',
    'wiki.intranet',
    'mail.corp',
    'tv.home',
    'vault.private',
    'web.service.consul',
    'receiver.test',
    'nowhere.invalid',
    'nas',
    'com',
  ])('takes %s, a name inside a network, as private', (name) => {
    expect(classifyName(name)).toBe('private');
  });

  it.each(['localtest.me', 'a.b.localtest.me', 'lvh.me', 'app.lvh.me', 'x.vcap.me', 'a.ddev.site'])(
    'takes %s, which resolves to 127.0.0.1, as private',
    (name) => {
      expect(classifyName(name)).toBe('private');
    },
  );

  it.each([
    'metadata.google.internal',
    'x.metadata.goog',
    'metadata.goog',
    'metadata.google',
    'metadata.azure.internal',
    'metadata.tencentyun.com',
    'metadata.packet.net',
    'metadata',
    'metadata.local',
    'instance-data',
    'instance-data.ec2.internal',
    'rancher-metadata',
  ])('forbids the metadata service %s', (name) => {
    expect(classifyName(name)).toBe('forbidden');
  });

  it.each(['7f000001.c0a80001.rbndr.us', 'make-1.2.3.4-rebind-127.0.0.1-rr.1u.ms'])(
    'forbids %s, made for rebinding',
    (name) => {
      expect(classifyName(name)).toBe('forbidden');
    },
  );
});

describe('classifyName: an address carried in a name', () => {
  it.each([
    ['8.8.8.8.nip.io', 'public'],
    ['78-46-204-247.sslip.io', 'public'],
    ['www-78-46-204-247.sslip.io', 'public'],
    ['abc.cafe.78.46.204.247.nip.io', 'public'],
    ['127.0.0.1.nip.io', 'private'],
    ['app-127-0-0-1.nip.io', 'private'],
    ['10.8.0.1.my.local-ip.co', 'private'],
    ['192-168-1-1.traefik.me', 'private'],
    ['8.8.8.10.0.0.1.nip.io', 'private'],
    ['10.8.8.8.8.nip.io', 'private'],
    ['169.254.169.254.nip.io', 'forbidden'],
    ['a-169-254-169-254-b.sslip.io', 'forbidden'],
    ['8.8.8.8.169.254.169.254.xip.io', 'forbidden'],
    ['100.100.100.200.nip.io', 'forbidden'],
    ['0.0.0.0.nip.io', 'forbidden'],
  ])('judges %s by the worst it carries: %s', (name, expected) => {
    expect(classifyName(name)).toBe(expected);
  });

  it.each([
    ['hex', '7f000001.nip.io'],
    ['hex behind a decimal one', '8.8.8.8.a9fea9fe.nip.io'],
    ['short IPv6', '--1.sslip.io'],
    ['IPv6 behind a decimal IPv4', '8.8.8.8.--ffff-a9fe-a9fe.sslip.io'],
    ['full IPv6', 'fd12-3456-789-1-2-3-4-5.sslip.io'],
    ['what may be IPv4 twice or IPv6', '8.8.8.8.127.0.0.1.nip.io'],
    ['none at all', 'www.traefik.me'],
    ['nothing', 'sslip.io'],
  ])('forbids %s: %s', (_, name) => {
    expect(classifyName(name)).toBe('forbidden');
  });
});

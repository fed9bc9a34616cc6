import { describe, expect, it } from 'vitest';
import { DEFAULT_STACK } from '../config.ts';
import { isWebsocketsHost, stackOfHost } from './stack-of-host.ts';

describe('the stack of a host', () => {
  it.each([
    ['acme.example.com', 'acme'],
    ['ACME.example.com', 'acme'],
    ['websockets-acme.example.com', 'acme'],
    ['acme.localhost', 'acme'],
    ['localhost', DEFAULT_STACK],
    ['127.0.0.1', DEFAULT_STACK],
    ['[::1]', DEFAULT_STACK],
    ['waypost.someone.workers.dev', DEFAULT_STACK],
    ['websockets-localhost', DEFAULT_STACK],
    ['hooks.mine.example', DEFAULT_STACK],
    ['websockets-hooks.mine.example', DEFAULT_STACK],
  ])('%s is %s', (host, stack) => {
    expect(stackOfHost(host, 'https://hooks.mine.example')).toBe(stack);
  });

  it('serves websockets at its root when it says so', () => {
    expect([
      isWebsocketsHost('websockets-acme.example.com'),
      isWebsocketsHost('acme.example.com'),
    ]).toEqual([true, false]);
  });
});

import {
  createServer as createNetServer,
  type AddressInfo,
  type Server,
  type Socket,
} from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { classOfError, classOfStatus } from './failure-class.ts';

const PUBLIC = new URL('https://hooks.example.com/in');
const close: (() => void)[] = [];

afterEach(() => {
  for (const stop of close.splice(0)) stop();
});

/** A listener whose connections are met by `meet`; returns where it listens. */
async function listener(meet: (socket: Socket) => void): Promise<string> {
  const server: Server = createNetServer((socket) => {
    socket.on('error', () => undefined);
    meet(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  close.push(() => server.close());
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function errorOf(url: string): Promise<unknown> {
  return fetch(url).then(
    () => undefined,
    (error: unknown) => error,
  );
}

describe('the class of an error', () => {
  it('is refused where nobody listens', async () => {
    const address = await listener(() => undefined);
    for (const stop of close.splice(0)) stop();
    expect(classOfError(await errorOf(`http://${address}/`), PUBLIC)).toBe('refused');
  });

  it('is reset where the connection is closed or reset before an answer', async () => {
    const closing = await listener((socket) => socket.on('data', () => socket.end()));
    const resetting = await listener((socket) => socket.on('data', () => socket.resetAndDestroy()));
    expect(classOfError(await errorOf(`http://${closing}/`), PUBLIC)).toBe('reset');
    expect(classOfError(await errorOf(`http://${resetting}/`), PUBLIC)).toBe('reset');
  });

  it('is tls where the other side does not speak it', async () => {
    const address = await listener((socket) =>
      socket.on('data', () => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')),
    );
    expect(classOfError(await errorOf(`https://${address}/`), PUBLIC)).toBe('tls');
  });

  it('is dns where the name has no address', async () => {
    const error = await errorOf('http://no-such-host.invalid/');
    expect(classOfError(error, PUBLIC)).toBe('dns');
  });

  it.each<[string, string, string]>([
    ['Network connection lost.', 'https://hooks.example.com/', 'connection'],
    ['internal error; reference = abc', 'http://hooks.example.com/', 'dns'],
    ['internal error; reference = abc', 'https://hooks.example.com/', 'connection'],
    ['internal error; reference = abc', 'https://8.8.8.8/', 'tls'],
    ['internal error; reference = abc', 'http://8.8.8.8/', 'connection'],
    ['Connection timed out', 'https://hooks.example.com/', 'timeout'],
  ])('is told by "%s" of %s: %s', (text, url, expected) => {
    expect(classOfError(new Error(text), new URL(url))).toBe(expected);
  });

  it.each(['http://10.0.0.1/', 'https://localhost/', 'http://hooks.internal/', 'http://[::1]/'])(
    'is the same for all errors of a private target: %s',
    async (target) => {
      const dead = await listener(() => undefined);
      for (const stop of close.splice(0)) stop();
      const errors = [
        await errorOf(`http://${dead}/`),
        await errorOf('http://no-such-host.invalid/'),
        new Error('internal error; reference = abc'),
        new Error('connect ETIMEDOUT'),
      ];
      const classes = errors.map((error) => classOfError(error, new URL(target)));
      expect(new Set(classes)).toEqual(new Set(['connection']));
    },
  );

  it('is the plain one for what is no error', () => {
    expect(classOfError('gone', PUBLIC)).toBe('connection');
  });
});

describe('the class of a status', () => {
  const body = (text: string) => new TextEncoder().encode(text);

  it('is none of a status that the receiver gave', () => {
    for (const status of [200, 301, 410, 429, 500, 502, 503, 504, 519, 528, 529, 599]) {
      expect(classOfStatus(status, body('error code: 1016'))).toBeUndefined();
    }
  });

  it('is dns of a 530 only where its body says so', () => {
    expect(classOfStatus(530, body('error code: 1016'))).toBe('dns');
    expect(classOfStatus(530, body('error code: 1033'))).toBe('connection');
    expect(classOfStatus(530, body(''))).toBe('connection');
  });
});

import { exports } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';

const ask = (path: string, init: RequestInit = {}, host = 'localhost'): Promise<Response> =>
  exports.default.fetch(new Request(`http://${host}${path}`, { redirect: 'manual', ...init }));

describe('a path that nothing else answers', () => {
  it.each(['/', '/api/'])('shows the file that is there: %s', async (path) => {
    const response = await ask(path);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toMatch('text/html');
    expect(response.headers.get('content-security-policy')).toMatch("frame-ancestors 'none'");
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect((await ask(path, { method: 'HEAD' })).status).toBe(200);
  });

  it.each(['/front.css', '/favicon.svg', '/favicon.ico', '/api/docs.js', '/api/openapi.json'])(
    'is what its name says and nothing else: %s',
    async (path) => {
      const response = await ask(path);
      expect(response.status).toBe(200);
      expect(response.headers.get('x-content-type-options')).toBe('nosniff');
      expect(response.headers.get('content-security-policy')).toMatch("default-src 'self'");
    },
  );

  it.each(['/nothing', '/api/nothing', '/index.ts'])(
    'is 404 where there is none: %s',
    async (path) => {
      const response = await ask(path);
      expect(response.status).toBe(404);
      expect(await response.json()).toEqual({ detail: 'Not found.' });
    },
  );

  it('is 404 for whoever does not only look', async () => {
    expect((await ask('/api/', { method: 'POST', body: 'x' })).status).toBe(404);
  });

  it('is 404 on the host of no stack', async () => {
    expect((await ask('/api/', {}, 'nobody.example.com')).status).toBe(404);
  });
});

import { OPERATIONS } from './operations.js';

/** An answer that is no success; `body` is what it said, read already where it was JSON. */
export class WaypostError extends Error {
  constructor(operation, status, body) {
    super(`${operation} was answered with ${status}${sentenceOf(body)}`);
    this.name = 'WaypostError';
    this.operation = operation;
    this.status = status;
    this.body = body;
  }
}

/** Returns a client of the API at `url`, with a function per operation. */
export function connect({ url, token, fetch = globalThis.fetch }) {
  const base = url.replace(/\/+$/, '');
  const calls = Object.entries(OPERATIONS).map(([operation, [method, path]]) => [
    operation,
    async ({ params = {}, query = {}, headers = {}, body, signal } = {}) => {
      const request = new Request(`${base}${filled(path, params)}${queryOf(query)}`, {
        method,
        headers: headersOf(headers, token, body),
        body: body === undefined || body instanceof FormData ? body : JSON.stringify(body),
        signal,
      });
      const response = await fetch(request);
      if (response.ok) return read(response);
      // Its status says enough where what else it says cannot be read.
      const answer = await read(response).catch(() => null);
      throw new WaypostError(operation, response.status, answer);
    },
  ]);
  return Object.fromEntries(calls);
}

/** Puts the parameters of a path into their places. */
function filled(path, params) {
  return path.replaceAll(/\{(\w+)\}/g, (_place, name) => {
    if (params[name] === undefined) throw new TypeError(`The parameter "${name}" is missing.`);
    return encodeURIComponent(params[name]);
  });
}

function queryOf(query) {
  const said = Object.entries(query).filter(([, value]) => value !== undefined);
  const text = new URLSearchParams(said.map(([name, value]) => [name, String(value)])).toString();
  return text === '' ? '' : `?${text}`;
}

function headersOf(headers, token, body) {
  const all = new Headers();
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) all.set(name, value);
  }
  if (token !== undefined) all.set('Authorization', `Token ${token}`);
  // A form names its own type, with the boundary that it was made with.
  if (body !== undefined && !(body instanceof FormData))
    all.set('Content-Type', 'application/json');
  return all;
}

async function read(response) {
  if (response.status === 204) return null;
  const type = response.headers.get('Content-Type') ?? '';
  if (/\bjson\b/.test(type)) return response.json();
  return response.ok ? response.blob() : response.text();
}

function sentenceOf(body) {
  const sentence = body?.reason ?? body?.detail ?? (body && JSON.stringify(body));
  return sentence ? `: ${sentence}` : '';
}

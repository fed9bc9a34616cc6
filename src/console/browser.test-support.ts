import { exports } from 'cloudflare:workers';

/** What a browser sends. `form` is sent as its forms are, `csrf` by script. */
export interface Visit {
  method?: string;
  form?: Record<string, string>;
  json?: unknown;
  csrf?: string | undefined;
  headers?: Record<string, string>;
}

/** What it was shown. */
export interface Shown {
  status: number;
  headers: Headers;
  text: string;
  /** Where it is sent on to. */
  location: string | null;
  setCookies: string[];
}

/** A browser with its cookies: asks the whole Worker and follows no redirect by itself. */
export class Browser {
  readonly cookies = new Map<string, string>();
  readonly #origin: string;

  constructor(origin = 'https://localhost') {
    this.#origin = origin;
  }

  async visit(path: string, { method, form, json, csrf, headers }: Visit = {}): Promise<Shown> {
    const sent = new Headers(headers);
    const body = form === undefined ? undefined : new URLSearchParams(form).toString();
    if (this.cookies.size > 0 && !sent.has('cookie')) sent.set('Cookie', this.#cookieHeader());
    if (csrf !== undefined) sent.set('X-CSRFToken', csrf);
    if (body !== undefined) {
      sent.set('Content-Type', 'application/x-www-form-urlencoded');
      sent.set('Content-Length', String(body.length));
      sent.set('Origin', sent.get('origin') ?? this.#origin);
    }
    if (json !== undefined) sent.set('Content-Type', 'application/json');
    const response = await exports.default.fetch(new URL(path, this.#origin), {
      method: method ?? (form === undefined && json === undefined ? 'GET' : 'POST'),
      headers: sent,
      redirect: 'manual',
      body: json === undefined ? (body ?? null) : JSON.stringify(json),
    });
    const setCookies = response.headers.getSetCookie();
    for (const line of setCookies) this.#take(line);
    const text = await response.text();
    const location = response.headers.get('location');
    return { status: response.status, headers: response.headers, text, location, setCookies };
  }

  /** Signs in by the form and returns what came of it. */
  async logIn(username: string, password: string, more: Visit = {}): Promise<Shown> {
    await this.visit('/login/');
    const csrfmiddlewaretoken = this.cookies.get('csrftoken') ?? '';
    const form = { username, password, csrfmiddlewaretoken, ...more.form };
    return this.visit('/login/', { ...more, form });
  }

  /** Whom the API takes it for; the answer's body. */
  async whoAmI(): Promise<unknown> {
    const { text } = await this.visit('/api/v1/users/current/');
    return JSON.parse(text);
  }

  #cookieHeader(): string {
    return [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  }

  #take(line: string): void {
    const [pair = '', ...attributes] = line.split('; ');
    const [name = '', value = ''] = pair.split('=');
    if (attributes.includes('Max-Age=0')) this.cookies.delete(name);
    else this.cookies.set(name, value);
  }
}

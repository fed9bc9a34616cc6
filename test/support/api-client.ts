/** An answer of the API; `Body` says what the test takes it for. */
export interface Answer<Body> {
  status: number;
  body: Body;
}

/** Someone signed in to a router's API. */
export class ApiClient {
  readonly #baseUrl: string;
  readonly token: string;

  constructor(baseUrl: string, token: string) {
    this.#baseUrl = baseUrl;
    this.token = token;
  }

  /** Signs the first admin in. */
  static async signIn(baseUrl: string, password = 'admin'): Promise<ApiClient> {
    const answer = await fetch(`${baseUrl}/api/v1/auth/token/`, {
      method: 'POST',
      body: new URLSearchParams({ username: 'admin', password }),
    });
    const { token } = (await answer.json()) as { token?: string };
    if (token === undefined) throw new Error(`Signing in was answered with ${answer.status}`);
    return new ApiClient(baseUrl, token);
  }

  get<Body = unknown>(path: string): Promise<Answer<Body>> {
    return this.#ask('GET', path);
  }

  post<Body = unknown>(
    path: string,
    body: object,
    headers: Record<string, string> = {},
  ): Promise<Answer<Body>> {
    return this.#ask('POST', path, body, headers);
  }

  patch<Body = unknown>(path: string, body: object): Promise<Answer<Body>> {
    return this.#ask('PATCH', path, body);
  }

  delete(path: string): Promise<Answer<unknown>> {
    return this.#ask('DELETE', path);
  }

  async #ask<Body>(
    method: string,
    path: string,
    body?: object,
    headers: Record<string, string> = {},
  ): Promise<Answer<Body>> {
    const response = await fetch(`${this.#baseUrl}/api/v1/${path}`, {
      method,
      headers: {
        authorization: `Token ${this.token}`,
        'content-type': 'application/json',
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: (text === '' ? null : JSON.parse(text)) as Body };
  }
}

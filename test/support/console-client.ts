import { UNKEPT } from './api-client';

/** What a session is opened with, and what everything else is asked with. */
const OWN_PAGE = { 'x-holdfast-console': '1', 'sec-fetch-site': 'same-origin', ...UNKEPT };

export interface ConsoleAnswer<T> {
  readonly status: number;
  readonly body: T & { readonly code?: string; readonly detail?: string };
}

/** The console as its pages call it, signed in. */
export class ConsoleClient {
  private calls = 0;

  private constructor(
    private readonly url: string,
    private readonly cookie: string,
  ) {}

  /** Throws where the key is refused. */
  static async signIn(url: string, key: string): Promise<ConsoleClient> {
    const answer = await fetch(`${url}/console/api/session`, {
      method: 'POST',
      headers: { ...OWN_PAGE, 'content-type': 'application/json' },
      body: JSON.stringify({ key }),
    });
    if (!answer.ok) throw new Error(`the console refused the key: ${answer.status} ${await answer.text()}`);
    await answer.arrayBuffer();
    return new ConsoleClient(url, (answer.headers.get('set-cookie') ?? '').split(';', 1)[0] ?? '');
  }

  get<T>(path: string): Promise<ConsoleAnswer<T>> {
    return this.ask(path, { method: 'GET' });
  }

  /** Each call is an intent of its own unless it has the key of an earlier one. */
  post<T>(
    path: string,
    body: object = {},
    key = `${this.cookie.slice(-8)}-${(this.calls += 1)}`,
  ): Promise<ConsoleAnswer<T>> {
    const headers = { 'content-type': 'application/json', 'idempotency-key': key };
    return this.ask(path, { method: 'POST', headers, body: JSON.stringify(body) });
  }

  private async ask<T>(
    path: string,
    init: { method: string; headers?: object; body?: string },
  ): Promise<ConsoleAnswer<T>> {
    const headers = { ...OWN_PAGE, cookie: this.cookie, ...init.headers };
    const answer = await fetch(`${this.url}/console/api${path}`, { ...init, headers });
    return { status: answer.status, body: (await answer.json()) as ConsoleAnswer<T>['body'] };
  }
}

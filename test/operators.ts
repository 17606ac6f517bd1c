import { Postgres } from '../src/platform/postgres.js';
import type { Answer, TextAnswer } from './e2e/http-client.js';
import type { Site } from './e2e/site.js';
import { ADMIN_KEY } from './e2e/storefront.js';

export interface AuditLine {
  readonly actor: string;
  readonly action: string;
  readonly reason: string | null;
  readonly before: unknown;
  readonly after: unknown;
}

/** The routes of operators, called with an admin key; paths begin after `/v1/admin`. */
export class AdminCalls {
  constructor(private readonly site: Site) {}

  send(method: 'GET' | 'POST', path: string, body?: object): Promise<Answer> {
    const headers = { authorization: `Bearer ${ADMIN_KEY}` };
    const sent = { method, path: `/v1/admin${path}`, headers };
    return this.site.client.send(this.site.url, body === undefined ? sent : { ...sent, body });
  }

  get(path: string, query: Record<string, string | number> = {}): Promise<Answer> {
    const asked = new URLSearchParams(
      Object.entries(query).map(([name, value]): [string, string] => [name, String(value)]),
    ).toString();
    return this.send('GET', asked === '' ? path : `${path}?${asked}`);
  }

  /** A table as it was sent, whatever the status. */
  csv(path: string, query: Record<string, string | number> = {}): Promise<TextAnswer> {
    const asked = new URLSearchParams(
      Object.entries(query).map(([name, value]): [string, string] => [name, `${value}`]),
    );
    const headers = { authorization: `Bearer ${ADMIN_KEY}` };
    return this.site.client.text(this.site.url, {
      method: 'GET',
      path: `/v1/admin${path}?${asked.toString()}`,
      headers,
    });
  }

  post(path: string, body: object = {}): Promise<Answer> {
    return this.send('POST', path, body);
  }

  /** What the audit log says of a thing, first things first. */
  audit(subject: string): Promise<AuditLine[]> {
    return this.site.app
      .get(Postgres)
      .query<AuditLine & Record<string, unknown>>(
        'SELECT actor, action, reason, before, after FROM audit WHERE subject = $1 ORDER BY id',
        [subject],
      );
  }
}

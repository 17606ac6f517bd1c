import { Injectable } from '@nestjs/common';
import type pg from 'pg';
import { type ApiKeyRow, lockApiKeys, markRevoked } from '../access/api-key-table.js';
import { ApiKeys } from '../access/api-keys.js';
import { actorOf, type Caller } from '../access/caller.js';
import { Sessions } from '../access/sessions.js';
import { appendToAudit } from '../events/audit-log.js';
import { Postgres } from '../platform/postgres.js';
import { Problem } from '../problems.js';

/** Ends API keys. */
@Injectable()
export class RevokeApiKey {
  constructor(
    private readonly postgres: Postgres,
    private readonly keys: ApiKeys,
    private readonly sessions: Sessions,
  ) {}

  /**
   * Revokes a key: here at once, in every other process within 5 s. A repeat is the same answer. Throws
   * api-key-not-found, and api-key-in-use for the caller's own key: whoever revokes keeps one that works, so nobody
   * can be locked out, not even by two admins who revoke each other at the same moment.
   */
  async revoke(id: string, reason: string, caller: Caller): Promise<ApiKeyRow> {
    const ownId = 'keyId' in caller ? caller.keyId : null;
    const row = await this.postgres.transaction(async (client) => {
      const locked = await lockApiKeys(client, ownId === null ? [id] : [id, ownId]);
      if (ownId !== null && locked.find((key) => key.id === ownId)?.revokedAt !== null)
        throw new Problem('unauthorized', 'The credentials are not valid.');
      const key = locked.find((each) => each.id === id);
      if (!key) throw apiKeyNotFound();
      if (id === ownId)
        throw new Problem('api-key-in-use', 'This is the key that you call with: revoke it with another admin key.');
      if (key.revokedAt !== null) return key;
      return this.record(client, key, reason, actorOf(caller));
    });
    this.keys.forget(row.keyHash);
    this.sessions.forget();
    return row;
  }

  private async record(client: pg.PoolClient, key: ApiKeyRow, reason: string, actor: string): Promise<ApiKeyRow> {
    await markRevoked(client, key.id);
    const [revoked] = await lockApiKeys(client, [key.id]);
    if (!revoked) throw apiKeyNotFound();
    const { revokedAt } = revoked;
    const entry = { actor, action: 'api-key.revoke', subject: key.id, reason };
    await appendToAudit(client, [{ ...entry, before: { revokedAt: null }, after: { revokedAt } }]);
    return revoked;
  }
}

export function apiKeyNotFound(): Problem {
  return new Problem('api-key-not-found', 'There is no such API key.');
}

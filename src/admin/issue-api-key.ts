import { Injectable } from '@nestjs/common';
import { type ApiKeyRow, insertApiKey } from '../access/api-key-table.js';
import { hashOfKey } from '../access/api-keys.js';
import { appendToAudit } from '../events/audit-log.js';
import { randomChars, randomId } from '../platform/ids.js';
import { Postgres } from '../platform/postgres.js';
import type { IssueApiKeyBody } from './api-key.body.js';

/** 40 characters of 36 are 206 bits: nobody guesses one, so the hash that is kept needs no salt. */
const SECRET_CHARS = 40;

/** Makes API keys. */
@Injectable()
export class IssueApiKey {
  constructor(private readonly postgres: Postgres) {}

  /** A new key and its row, written with the audit entry. The key itself is in this answer alone; a repeat makes another. */
  async issue({ name, scope, reason }: IssueApiKeyBody, actor: string): Promise<{ key: string; row: ApiKeyRow }> {
    const key = `hf_sk_${randomChars(SECRET_CHARS)}`;
    const row = await this.postgres.transaction(async (client) => {
      const made = await insertApiKey(client, { id: randomId('key', 12), name, keyHash: hashOfKey(key), scope });
      if (!made) throw new Error('A new random key is known already: the random source is broken');
      const entry = { actor, action: 'api-key.issue', subject: made.id, reason: reason ?? null };
      await appendToAudit(client, [{ ...entry, before: null, after: { name, scope } }]);
      return made;
    });
    return { key, row };
  }
}

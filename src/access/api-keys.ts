import { createHash } from 'node:crypto';
import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import type { ApiKeyScope } from '../generated/prisma/enums.js';
import { Config } from '../platform/config.js';
import { randomId } from '../platform/ids.js';
import { Postgres } from '../platform/postgres.js';
import { AgedMap } from './aged-map.js';
import type { Caller } from './caller.js';

/** A revoked key stops working, and a new one begins to, within this time, in every process. */
const CACHE_AGE_MS_MAX = 5_000;
const KNOWN_KEYS_MAX = 10_000;
/** Apart from the known ones, so that a flood of invented keys drives out no real one. */
const UNKNOWN_KEYS_MAX = 10_000;

type KeyCaller = Extract<Caller, { keyId: string }>;

/** API keys, known by the SHA-256 of the whole key alone: a dump of the table opens nothing. */
@Injectable()
export class ApiKeys implements OnApplicationBootstrap {
  private readonly known = new AgedMap<KeyCaller>(KNOWN_KEYS_MAX, CACHE_AGE_MS_MAX);
  private readonly unknown = new AgedMap<true>(UNKNOWN_KEYS_MAX, CACHE_AGE_MS_MAX);
  private readonly lookups = new Map<string, Promise<KeyCaller | null>>();

  constructor(
    private readonly postgres: Postgres,
    private readonly config: Config,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    if (this.config.adminApiKey) await this.ensure('ADMIN_API_KEY', this.config.adminApiKey, 'admin');
    if (this.config.storefrontApiKey)
      await this.ensure('STOREFRONT_API_KEY', this.config.storefrontApiKey, 'storefront');
  }

  /** Whose key this is, at most 5 s old; null for an unknown and for a revoked one, which are not told apart. */
  async byKey(key: string): Promise<KeyCaller | null> {
    const hash = hashOf(key);
    const known = this.known.get(hash);
    if (known) return known;
    if (this.unknown.get(hash)) return null;
    // Requests that arrive together with a new key share one look-up.
    const running = this.lookups.get(hash) ?? this.lookUp(hash).finally(() => this.lookups.delete(hash));
    this.lookups.set(hash, running);
    return running;
  }

  /**
   * Makes the key known under this name and scope; a repeat changes nothing, and a revoked key stays revoked.
   * Throws when the key is already known with another scope.
   */
  async ensure(name: string, key: string, scope: ApiKeyScope): Promise<void> {
    const keyHash = hashOf(key);
    await this.postgres.prisma.apiKey.createMany({
      data: [{ id: randomId('key', 12), name, keyHash, scope }],
      skipDuplicates: true,
    });
    const row = await this.postgres.prisma.apiKey.findUniqueOrThrow({ where: { keyHash } });
    this.unknown.delete(keyHash);
    if (row.scope !== scope)
      throw new Error(`${name} is already known as ${row.id} with scope ${row.scope}, not ${scope}: set another key.`);
  }

  private async lookUp(hash: string): Promise<KeyCaller | null> {
    const row = await this.postgres.prisma.apiKey.findUnique({ where: { keyHash: hash } });
    if (!row || row.revokedAt) {
      this.unknown.set(hash, true);
      return null;
    }
    const caller: KeyCaller = { kind: row.scope === 'admin' ? 'admin' : 'service', keyId: row.id, name: row.name };
    this.known.set(hash, caller);
    return caller;
  }
}

const hashOf = (key: string): string => createHash('sha256').update(key).digest('hex');

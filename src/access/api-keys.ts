import { hash } from 'node:crypto';
import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import type { ApiKeyScope } from '../generated/prisma/enums.js';
import { Config } from '../platform/config.js';
import { randomId } from '../platform/ids.js';
import { isOutage, Postgres } from '../platform/postgres.js';
import { Problem } from '../problems.js';
import { AgedMap } from './aged-map.js';
import { findApiKey, findApiKeyByHash, insertApiKey, noteApiKeyUse } from './api-key-table.js';
import type { Caller } from './caller.js';
import { networkOf } from './network-of.js';

/**
 * How long an answer of the table is believed. A revoked key stops working within 5 s in every process: this long
 * after the table was asked, and the second for requests that came just before.
 */
const CACHE_AGE_MS_MAX = 4_000;
/** While Postgres is away nobody can be asked, and nothing can be held, paid or given back: known keys read on for so long. */
const OUTAGE_AGE_MS_MAX = 300_000;
const KNOWN_KEYS_MAX = 10_000;
/** Apart from the known ones, so that a flood of invented keys drives out no real one. */
const UNKNOWN_KEYS_MAX = 10_000;
/** Keys that this process has never met cost the table no more than this, wherever they come from and however many. */
const NEW_KEYS_PER_SECOND_MAX = 100;
/** And those from one network no more than this, so that whoever invents keys keeps nobody else's new key out. */
const NEW_KEYS_PER_NETWORK_MAX = 20;

type KeyCaller = Extract<Caller, { keyId: string }>;

/** API keys, known by the SHA-256 of the whole key alone: a dump of the table opens nothing. */
@Injectable()
export class ApiKeys implements OnApplicationBootstrap {
  private readonly known = new AgedMap<KeyCaller>(KNOWN_KEYS_MAX, CACHE_AGE_MS_MAX);
  private readonly unknown = new AgedMap<true>(UNKNOWN_KEYS_MAX, CACHE_AGE_MS_MAX);
  /** Keys that were good once are asked about again whatever else arrives. */
  private readonly met = new AgedMap<true>(KNOWN_KEYS_MAX, Infinity);
  private readonly goodBefore = new AgedMap<KeyCaller>(KNOWN_KEYS_MAX, OUTAGE_AGE_MS_MAX);
  private readonly newKeys = new RateLimiterMemory({ points: NEW_KEYS_PER_SECOND_MAX, duration: 1 });
  private readonly newKeysOf = new RateLimiterMemory({ points: NEW_KEYS_PER_NETWORK_MAX, duration: 1 });
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

  /**
   * Whose key this is, as it was at most 4 s ago; null for an unknown and for a revoked one, which are not told apart. While
   * Postgres is out of reach, as it was at most 5 minutes ago.
   * Throws `too-many-requests` for a key that is new to this process while too many others are, there or at all.
   */
  async byKey(key: string, address: string): Promise<KeyCaller | null> {
    const hash = hashOfKey(key);
    const known = this.known.get(hash);
    if (known) return known;
    if (this.unknown.get(hash)) return null;
    // Requests that arrive together with a new key share one look-up.
    const running = this.lookups.get(hash) ?? this.lookUp(hash, address).finally(() => this.lookups.delete(hash));
    this.lookups.set(hash, running);
    return running;
  }

  /** Whether a key that was good before is good now, by its id. */
  async isGood(keyId: string): Promise<boolean> {
    const row = await findApiKey(this.postgres, keyId);
    return row !== null && row.revokedAt === null;
  }

  /**
   * Makes the key known under this name and scope; a repeat changes nothing, and a revoked key stays revoked.
   * Throws when the key is already known with another scope.
   */
  async ensure(name: string, key: string, scope: ApiKeyScope): Promise<void> {
    const keyHash = hashOfKey(key);
    await this.postgres.transaction((client) =>
      insertApiKey(client, { id: randomId('key', 12), name, keyHash, scope }),
    );
    const row = await findApiKeyByHash(this.postgres, keyHash);
    this.forget(keyHash);
    // A flood that meets a process at its start does not keep out the keys of its own settings.
    this.met.set(keyHash, true);
    if (row && row.scope !== scope)
      throw new Error(`${name} is already known as ${row.id} with scope ${row.scope}, not ${scope}: set another key.`);
  }

  /** The next request with this key asks the table; other processes ask within 4 s anyway. */
  forget(keyHash: string): void {
    this.goodBefore.delete(keyHash);
    this.known.delete(keyHash);
    this.unknown.delete(keyHash);
  }

  private async lookUp(hash: string, address: string): Promise<KeyCaller | null> {
    if (!this.met.get(hash)) await this.admitNewKey(networkOf(address));
    const askedAt = performance.now();
    const row = await findApiKeyByHash(this.postgres, hash).catch((error: unknown) => {
      if (!isOutage(error) || !this.goodBefore.get(hash)) throw error;
      return 'away' as const;
    });
    if (row === 'away') return this.goodBefore.get(hash) ?? null;
    if (!row || row.revokedAt) {
      this.unknown.set(hash, true, askedAt);
      this.met.delete(hash);
      this.goodBefore.delete(hash);
      return null;
    }
    const caller: KeyCaller = { kind: row.scope === 'admin' ? 'admin' : 'service', keyId: row.id, name: row.name };
    this.known.set(hash, caller, askedAt);
    this.goodBefore.set(hash, caller, askedAt);
    this.met.set(hash, true);
    // Nobody waits for the note, and a note that is lost is taken again.
    void noteApiKeyUse(this.postgres, row.id).catch(() => undefined);
    return caller;
  }

  private async admitNewKey(network: string): Promise<void> {
    await this.newKeysOf.consume(network).catch(() => refuseNewKey('address', NEW_KEYS_PER_NETWORK_MAX));
    await this.newKeys.consume('').catch(() => refuseNewKey('key', NEW_KEYS_PER_SECOND_MAX));
  }
}

function refuseNewKey(limitedBy: 'address' | 'key', limit: number): never {
  throw new Problem('too-many-requests', 'Too many keys that are not known arrive now; come again in a second.', {
    ...{ limitedBy, limit, windowSeconds: 1, retryAfterSeconds: 1 },
  });
}

export const hashOfKey = (key: string): string => hash('sha256', key, 'hex');

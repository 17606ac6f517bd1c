import { createRemoteJWKSet, errors, type JWTVerifyGetKey } from 'jose';
import type { Logger } from 'pino';
import { Problem } from '../problems.js';

/** At most one look at the key set within this time, whatever tokens arrive, and also while it cannot be had. */
const COOLDOWN_MS = 10_000;
/** A key that was withdrawn goes on being trusted for this long, and longer only while the key set cannot be had. */
const AGE_MS_MAX = 300_000;
/** From this age on the next token makes us look again, and does not wait for it: under load nobody ever does. */
const RENEW_MS = 240_000;
const FETCH_TIMEOUT_MS = 2_000;

/**
 * The public keys (JWKS) that buyers' tokens are signed with. A key that is not known makes us look once more; an
 * outage of whoever publishes them stops only tokens of keys that were never seen. jose fetches, checks and imports
 * them; when to look is decided here, because jose looks for each unknown key as long as looking fails.
 */
export class SigningKeys {
  private readonly set: ReturnType<typeof createRemoteJWKSet>;
  private running: Promise<void> | undefined;
  private triedAt = Number.NEGATIVE_INFINITY;
  private fetchedAt = Number.NEGATIVE_INFINITY;
  private failing = false;

  constructor(
    url: string,
    private readonly log: Logger,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.set = createRemoteJWKSet(new URL(url), {
      timeoutDuration: FETCH_TIMEOUT_MS,
      cooldownDuration: Infinity,
      cacheMaxAge: Infinity,
    });
  }

  /** The key of a token, for jose. Throws `store-unavailable` when it may exist and cannot be fetched now. */
  readonly keyOf: JWTVerifyGetKey = async (header, token) => {
    await this.renew();
    if (!this.set.fresh) throw keysUnavailable();
    try {
      return await this.set(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
      await this.refresh();
      if (this.failing) throw keysUnavailable();
      return this.set(header, token);
    }
  };

  private async renew(): Promise<void> {
    const ageMs = this.now() - this.fetchedAt;
    // While they are out of reach the known keys go on, so there is nothing to wait for.
    if (!this.set.fresh || (ageMs > AGE_MS_MAX && !this.failing)) await this.refresh();
    else if (ageMs > RENEW_MS) void this.refresh();
  }

  /** Fetches the key set, if the last try is long enough ago; all who ask meanwhile wait for the same one. Never throws. */
  async refresh(): Promise<void> {
    if (!this.running && this.now() - this.triedAt >= COOLDOWN_MS) {
      this.triedAt = this.now();
      this.running = this.fetch().finally(() => (this.running = undefined));
    }
    await this.running;
  }

  private async fetch(): Promise<void> {
    try {
      await this.set.reload();
      if (this.failing) this.log.info("the keys of buyers' tokens can be fetched again");
      this.fetchedAt = this.now();
      this.failing = false;
    } catch (error) {
      if (!this.failing) this.log.warn({ err: error }, "the keys of buyers' tokens cannot be fetched");
      this.failing = true;
    }
  }
}

function keysUnavailable(): Problem {
  return new Problem(
    'store-unavailable',
    'The keys that tokens are signed with are out of reach, so this token can be neither accepted nor refused now.',
    { retryAfterSeconds: COOLDOWN_MS / 1_000 },
  );
}

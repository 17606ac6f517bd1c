import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { errors, jwtVerify, type JWTPayload, type JWTVerifyOptions } from 'jose';
import type { Logger } from 'pino';
import { Config } from '../platform/config.js';
import { Log } from '../platform/logging.js';
import { Problem } from '../problems.js';
import type { BuyerCaller } from './caller.js';
import { CUSTOMER_ID } from './customer-id.js';
import { SigningKeys } from './signing-keys.js';
import { TokenClock } from './token-clock.js';

/** Clocks of two machines may differ by this much. */
const CLOCK_TOLERANCE_SECONDS = 5;
/** With a public key only what a public key can check: HS256 would take it for a secret that everybody knows. */
const PUBLIC_KEY_ALGORITHMS = [
  ...['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'],
  ...['ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'],
];

/** Buyers' tokens: JWTs that the shop signs, with a secret that we share or with keys that it publishes. */
@Injectable()
export class BuyerTokens implements OnApplicationBootstrap {
  private readonly secret: Uint8Array | undefined;
  private readonly keys: SigningKeys | undefined;
  private readonly log: Logger;

  constructor(
    private readonly config: Config,
    private readonly clock: TokenClock,
    log: Log,
  ) {
    this.log = log.child({ part: 'access' });
    if (config.jwtSecret !== undefined) this.secret = new TextEncoder().encode(config.jwtSecret);
    if (config.jwtJwksUrl !== undefined) this.keys = new SigningKeys(config.jwtJwksUrl, this.log);
  }

  /** So that the first buyer does not wait for the keys; that they cannot be had is no reason not to start. */
  onApplicationBootstrap(): void {
    void this.keys?.refresh();
  }

  /**
   * The buyer whom the token speaks for, or null when it is not valid now: signed by our secret or by a published
   * key, with our issuer and audience, `exp` and `sub` present. Why it is not valid is not told.
   * Throws `store-unavailable` for a token of an unknown key while the published keys are out of reach.
   */
  async buyerOf(token: string): Promise<BuyerCaller | null> {
    try {
      const { sub, exp } = (await this.verified(token)) ?? {};
      if (typeof sub !== 'string' || exp === undefined || !CUSTOMER_ID.test(sub)) return null;
      return { kind: 'buyer', customerId: sub, tokenEndsAt: (exp + CLOCK_TOLERANCE_SECONDS) * 1_000 };
    } catch (error) {
      if (error instanceof Problem) throw error;
      // A published key that cannot be used (too short, broken) is a plain error of the crypto library.
      if (!(error instanceof errors.JOSEError)) this.log.warn({ err: error }, 'a token could not be checked');
      return null;
    }
  }

  private async verified(token: string): Promise<JWTPayload | null> {
    if (this.secret) return (await jwtVerify(token, this.secret, this.rules(['HS256']))).payload;
    if (this.keys) return (await jwtVerify(token, this.keys.keyOf, this.rules(PUBLIC_KEY_ALGORITHMS))).payload;
    return null;
  }

  private rules(algorithms: string[]): JWTVerifyOptions {
    return {
      algorithms,
      issuer: this.config.jwtIssuer,
      audience: this.config.jwtAudience,
      clockTolerance: CLOCK_TOLERANCE_SECONDS,
      requiredClaims: ['exp', 'sub'],
      currentDate: this.clock.nowDate(),
    };
  }
}

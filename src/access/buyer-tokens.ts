import { Injectable } from '@nestjs/common';
import { errors, jwtVerify } from 'jose';
import { Config } from '../platform/config.js';

/** Clocks of two machines may differ by this much. */
const CLOCK_TOLERANCE_SECONDS = 5;
/** As in a body's `customerId`: 1 to 128 printable characters. */
const CUSTOMER_ID = /^[\x20-\x7e]{1,128}$/;

/** Buyers' tokens: JWTs that the shop signs with the shared secret. */
@Injectable()
export class BuyerTokens {
  private readonly secret: Uint8Array | undefined;

  constructor(private readonly config: Config) {
    this.secret = config.jwtSecret === undefined ? undefined : new TextEncoder().encode(config.jwtSecret);
  }

  /**
   * The customer whom the token speaks for, or null when it is not valid now: HS256 by our secret only, with our
   * issuer and audience, `exp` and `sub` present. Why it is not valid is not told.
   */
  async customerOf(token: string): Promise<string | null> {
    if (!this.secret) return null;
    try {
      const { payload } = await jwtVerify(token, this.secret, {
        algorithms: ['HS256'],
        issuer: this.config.jwtIssuer,
        audience: this.config.jwtAudience,
        clockTolerance: CLOCK_TOLERANCE_SECONDS,
        requiredClaims: ['exp', 'sub'],
      });
      return typeof payload.sub === 'string' && CUSTOMER_ID.test(payload.sub) ? payload.sub : null;
    } catch (error) {
      if (error instanceof errors.JOSEError) return null;
      throw error;
    }
  }
}

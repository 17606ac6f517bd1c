import { Injectable } from '@nestjs/common';
import { SignJWT } from 'jose';
import { Config } from '../platform/config.js';

const TOKEN_SECONDS = 12 * 3_600;

export interface DemoToken {
  readonly token: string;
  readonly expiresAt: Date;
}

/** Tokens for the buyers of the demo shop, as a shop of your own signs them for its customers. */
@Injectable()
export class DemoTokens {
  private readonly secret: Uint8Array;

  constructor(private readonly config: Config) {
    this.secret = new TextEncoder().encode(config.jwtSecret ?? '');
  }

  async make(customerId: string): Promise<DemoToken> {
    const expires = Math.floor((performance.timeOrigin + performance.now()) / 1_000) + TOKEN_SECONDS;
    const token = await new SignJWT()
      .setProtectedHeader({ alg: 'HS256' })
      .setSubject(customerId)
      .setIssuer(this.config.jwtIssuer)
      .setAudience(this.config.jwtAudience)
      .setExpirationTime(expires)
      .sign(this.secret);
    return { token, expiresAt: new Date(expires * 1_000) };
  }
}

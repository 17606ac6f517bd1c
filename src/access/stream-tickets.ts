import { hkdfSync } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { jwtVerify, SignJWT } from 'jose';
import { Config } from '../platform/config.js';
import type { Caller } from './caller.js';
import { TokenClock } from './token-clock.js';

const TICKET_SECONDS = 60;
const ALGORITHM = 'HS256';
const AUDIENCE = 'holdfast:stream';

export interface StreamTicket {
  readonly ticket: string;
  readonly expiresAt: Date;
}

/**
 * Tickets for `EventSource`, which can send no header: each opens one path, as the caller it was made for, for a
 * minute, and no longer than a buyer's token is good. So a URL that ends up in somebody's log opens nothing else, and soon nothing at all.
 */
@Injectable()
export class StreamTickets {
  private readonly key: Uint8Array;

  constructor(
    private readonly clock: TokenClock,
    config: Config,
  ) {
    this.key = new Uint8Array(hkdfSync('sha256', config.reservationIdSecret, '', 'stream tickets', 32));
  }

  async make(caller: Caller, path: string): Promise<StreamTicket> {
    const now = Math.floor(this.clock.now() / 1_000);
    const tokenEnds = 'tokenEndsAt' in caller ? caller.tokenEndsAt / 1_000 : Infinity;
    const expires = Math.min(now + TICKET_SECONDS, tokenEnds);
    const ticket = await new SignJWT({ caller, path })
      .setProtectedHeader({ alg: ALGORITHM })
      .setAudience(AUDIENCE)
      .setExpirationTime(expires)
      .sign(this.key);
    return { ticket, expiresAt: new Date(expires * 1_000) };
  }

  /** Whom the ticket was made for, or null when it is not valid now, or not for this path. */
  async callerOf(ticket: string, path: string): Promise<Caller | null> {
    try {
      const claims = { audience: AUDIENCE, requiredClaims: ['exp'], currentDate: this.clock.nowDate() };
      const rules = { algorithms: [ALGORITHM], ...claims };
      const { payload } = await jwtVerify<{ caller: Caller; path: string }>(ticket, this.key, rules);
      return payload.path === path ? payload.caller : null;
    } catch {
      return null;
    }
  }
}

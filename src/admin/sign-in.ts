import { Injectable } from '@nestjs/common';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import { actorOf, type AdminCaller } from '../access/caller.js';
import { networkOf } from '../access/network-of.js';
import { endSession, insertSession } from '../access/session-table.js';
import { Sessions } from '../access/sessions.js';
import { appendToAudit } from '../events/audit-log.js';
import { Config } from '../platform/config.js';
import { randomId } from '../platform/ids.js';
import { Postgres } from '../platform/postgres.js';
import { Problem } from '../problems.js';

/** From one network, in each process. Keys that are not known are limited before, wherever they are tried. */
const SIGN_INS_MAX = 30;
const SIGN_INS_SECONDS = 60;

/** Opens and ends sessions of the dashboard. */
@Injectable()
export class SignIn {
  private readonly limit = new RateLimiterMemory({ points: SIGN_INS_MAX, duration: SIGN_INS_SECONDS });

  constructor(
    private readonly postgres: Postgres,
    private readonly sessions: Sessions,
    private readonly config: Config,
  ) {}

  /** A new session for whoever came with the key, written with its audit entry, and the token of its cookie. */
  async open(caller: AdminCaller, address: string): Promise<{ caller: AdminCaller; token: string; expiresAt: Date }> {
    await this.limit.consume(networkOf(address)).catch(() => refuseSignIn());
    const { token, tokenHash } = this.sessions.makeToken();
    const { keyId, name } = caller;
    const id = randomId('ses', 12);
    return this.postgres.transaction(async (client) => {
      const row = await insertSession(client, { id, keyId, tokenHash, hours: this.config.sessionHours });
      const { openedAt, expiresAt } = row;
      const entry = { actor: actorOf(caller), action: 'session.open', subject: keyId, reason: null };
      await appendToAudit(client, [{ ...entry, before: null, after: { sessionId: id, expiresAt } }]);
      const session = { id, openedAt: openedAt.toISOString(), expiresAt: expiresAt.toISOString() };
      return { caller: { kind: 'admin', keyId, name, session }, token, expiresAt };
    });
  }

  /** Ends the caller's session: here at once, in every other process within 5 s. Of a caller with a key there is none. */
  async end(caller: AdminCaller): Promise<void> {
    const { session } = caller;
    if (!session) return;
    await this.postgres.transaction(async (client) => {
      if (!(await endSession(client, session.id))) return;
      const entry = { actor: actorOf(caller), action: 'session.end', subject: caller.keyId, reason: null };
      await appendToAudit(client, [{ ...entry, before: { sessionId: session.id }, after: null }]);
    });
    this.sessions.forget();
  }
}

function refuseSignIn(): never {
  throw new Problem('too-many-requests', `From this address more than ${SIGN_INS_MAX} people signed in this minute.`, {
    ...{ limitedBy: 'address', limit: SIGN_INS_MAX, windowSeconds: SIGN_INS_SECONDS, retryAfterSeconds: 10 },
  });
}

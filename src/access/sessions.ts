import { createHash, createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import { fastifyCookie as cookies } from '@fastify/cookie';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Config } from '../platform/config.js';
import { randomChars } from '../platform/ids.js';
import { Postgres } from '../platform/postgres.js';
import { AgedMap } from './aged-map.js';
import type { AdminCaller } from './caller.js';
import { findSession } from './session-table.js';

/** The cookie counts only beside this header: no form sends it, and no page of another origin may. */
export const SESSION_HEADER = 'x-holdfast-session';
const COOKIE = 'holdfast_session';
/** As for API keys: what ends a session is felt within 5 s in every process. */
const CACHE_AGE_MS_MAX = 4_000;
const SESSIONS_KNOWN_MAX = 10_000;
/** 32 characters of 36 are 165 bits. */
const SECRET_CHARS = 32;

/**
 * Sessions of the dashboard. They stand in Postgres, so that every process takes them and signing out ends them; the
 * cookie's text carries a MAC, so that an invented one costs no look-up.
 */
@Injectable()
export class Sessions implements OnModuleInit {
  private readonly known = new AgedMap<AdminCaller | null>(SESSIONS_KNOWN_MAX, CACHE_AGE_MS_MAX);
  private readonly macKey: Uint8Array;

  constructor(
    private readonly postgres: Postgres,
    private readonly adapterHost: HttpAdapterHost,
    config: Config,
  ) {
    this.macKey = new Uint8Array(hkdfSync('sha256', config.reservationIdSecret, '', 'sessions', 32));
  }

  /** Its functions work once it is registered; its hook would read the cookies of every request. */
  onModuleInit(): void {
    // Not awaited: that would begin the server's start before Nest has told it how errors are answered.
    void this.adapterHost.httpAdapter.getInstance<FastifyInstance>().register(cookies, { hook: false });
  }

  /** What a cookie is to hold, and its hash, which is what the table is to hold. */
  makeToken(): { token: string; tokenHash: string } {
    const secret = randomChars(SECRET_CHARS);
    const token = `${secret}.${this.macOf(secret)}`;
    return { token, tokenHash: hashOf(token) };
  }

  /** Whether the caller is a page that wants its session to count. */
  isMeant({ headers }: FastifyRequest): boolean {
    return headers[SESSION_HEADER] !== undefined;
  }

  /** Who signed in, as it was at most 4 s ago; null without a session that lasts, and for a page of another origin. */
  async callerOf(request: FastifyRequest): Promise<AdminCaller | null> {
    const token = cookies.parse(request.headers.cookie ?? '')[cookieNameOf(request)];
    if (token === undefined || !this.isOurs(token) || !isOwnPage(request)) return null;
    const tokenHash = hashOf(token);
    const known = this.known.get(tokenHash);
    if (known !== undefined) return known;
    const askedAt = performance.now();
    const row = await findSession(this.postgres, tokenHash);
    const caller: AdminCaller | null = row && {
      ...{ kind: 'admin', keyId: row.keyId, name: row.name },
      session: { id: row.id, openedAt: row.openedAt.toISOString(), expiresAt: row.expiresAt.toISOString() },
    };
    this.known.set(tokenHash, caller, askedAt);
    return caller;
  }

  /** Every session is looked for anew; other processes do so within 4 s anyway. */
  forget(): void {
    this.known.clear();
  }

  private isOurs(token: string): boolean {
    const [secret = '', mac = ''] = token.split('.', 2);
    const wanted = Buffer.from(this.macOf(secret));
    const given = Buffer.from(mac);
    return given.length === wanted.length && timingSafeEqual(given, wanted);
  }

  private macOf(secret: string): string {
    return createHmac('sha256', this.macKey).update(secret).digest('base64url');
  }
}

/** The header that gives the browser the session, or with an empty token takes it away. */
export function sessionCookie(request: FastifyRequest, token: string, expires: Date): string {
  return cookies.serialize(cookieNameOf(request), token, {
    ...{ httpOnly: true, sameSite: 'strict', path: '/v1', secure: request.protocol === 'https', expires },
  });
}

/** Cookies do not know ports: two installations on one machine would sign each other's visitors out. */
function cookieNameOf({ port }: FastifyRequest): string {
  return port === null ? COOKIE : `${COOKIE}_${port}`;
}

/** Browsers say where a page comes from. The header alone stops other origins; this stops them if CORS is opened one day. */
function isOwnPage({ headers, host }: FastifyRequest): boolean {
  const { origin, 'sec-fetch-site': site } = headers;
  if (site !== undefined && site !== 'same-origin') return false;
  return origin === undefined || (URL.canParse(origin) && new URL(origin).host === host);
}

const hashOf = (token: string): string => createHash('sha256').update(token).digest('hex');

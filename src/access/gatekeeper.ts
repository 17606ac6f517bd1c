import { Injectable, type OnApplicationBootstrap, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Problem } from '../problems.js';
import { Refusals } from '../platform/refusals.js';
import { RouteTable } from '../platform/route-table.js';
import { ApiKeys } from './api-keys.js';
import { BuyerTokens } from './buyer-tokens.js';
import { callerInLines } from './caller-in-lines.js';
import { ANONYMOUS, type Caller } from './caller.js';
import { RateLimits } from './rate-limits.js';
import { Sessions } from './sessions.js';
import { StreamTickets } from './stream-tickets.js';

const BEARER = /^bearer +(\S{1,4096}) *$/i;

/**
 * Decides who calls and whether they may, before the body is read: so a stranger's body costs nothing, and "who" is
 * answered before "is it well formed". A Nest guard would come after the body.
 */
@Injectable()
export class Gatekeeper implements OnModuleInit, OnApplicationBootstrap {
  constructor(
    private readonly keys: ApiKeys,
    private readonly tokens: BuyerTokens,
    private readonly tickets: StreamTickets,
    private readonly sessions: Sessions,
    private readonly limits: RateLimits,
    private readonly routes: RouteTable,
    private readonly adapterHost: HttpAdapterHost,
    private readonly refusals: Refusals,
  ) {}

  onModuleInit(): void {
    const server = this.adapterHost.httpAdapter.getInstance<FastifyInstance>();
    server.addHook('onRequest', (request) => this.admit(request));
    this.refusals.nameCallersBy(callerInLines);
  }

  /** A route that nobody thought about is a wiring mistake: the start fails and names it. */
  onApplicationBootstrap(): void {
    const forgotten = this.routes.all().filter(({ config }) => !config.open && !config.allow);
    if (forgotten.length === 0) return;
    const names = forgotten.filter(({ method }) => method !== 'HEAD').map(({ method, url }) => `${method} ${url}`);
    throw new Error(
      `These routes do not say who may call them; add @Allow(…) to the method or its controller: ${names.join(', ')}`,
    );
  }

  /** In order of precedence: too many from this address, who calls, may they, too many of this caller. */
  private async admit(request: FastifyRequest): Promise<void> {
    const { open, allow, ticket } = request.routeOptions.config;
    if (open) return;
    const caller = await this.callerOf(request, ticket ? ticketOf(request) : undefined);
    request.caller = caller;
    // Not found is not a secret; whoever has valid credentials or none gets the 404 or 405.
    if (!request.is404 && !allow?.includes(caller.kind)) throw refusalOf(caller);
    await this.limits.ofCaller(caller);
  }

  /**
   * Missing credentials make an anonymous caller; wrong ones are refused everywhere, so that nobody goes on unaware.
   * Who comes with a key that we know is limited by the key alone: all requests of a shop come from one address.
   */
  private async callerOf(request: FastifyRequest, ticket: Ticket | undefined): Promise<Caller> {
    const { headers, ip } = request;
    const given = headers.authorization;
    const token = ticket || given === undefined ? undefined : BEARER.exec(given)?.[1];
    const byKey = token !== undefined && !isToken(token) ? await this.keys.byKey(token, ip) : null;
    if (byKey) return byKey;
    const byPage = given === undefined && !ticket && this.sessions.isMeant(request);
    const bySession = byPage ? await this.sessions.callerOf(request) : null;
    if (bySession) return bySession;
    await this.limits.ofAddress(ip);
    if (byPage) throw new Problem('unauthorized', 'The session is over, or this page may not use it: sign in again.');
    if (given === undefined && !ticket) return ANONYMOUS;
    const caller = await (ticket ? this.callerBy(ticket) : this.buyerBy(token));
    if (!caller) throw new Problem('unauthorized', 'The credentials are not valid.');
    return caller;
  }

  /** A ticket is worth no more than the key it was made with. */
  private async callerBy({ text, path }: Ticket): Promise<Caller | null> {
    const caller = await this.tickets.callerOf(text, path);
    return caller && 'keyId' in caller && !(await this.keys.isGood(caller.keyId)) ? null : caller;
  }

  private async buyerBy(token: string | undefined): Promise<Caller | null> {
    if (token === undefined || !isToken(token)) return null;
    return this.tokens.buyerOf(token);
  }
}

/** Keys have no dots and tokens have two: neither is ever tried as the other. */
const isToken = (credential: string): boolean => credential.includes('.');

interface Ticket {
  readonly text: string;
  readonly path: string;
}

function ticketOf({ query, url }: FastifyRequest): Ticket | undefined {
  const text = (query as Record<string, unknown>)['ticket'];
  return typeof text === 'string' ? { text, path: url.split('?', 1)[0] ?? '' } : undefined;
}

function refusalOf({ kind }: Caller): Problem {
  if (kind === 'anonymous') return new Problem('unauthorized', 'Send credentials as `Authorization: Bearer …`.');
  return new Problem('forbidden', `This route is not for callers of kind ${kind}.`);
}

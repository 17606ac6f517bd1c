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

  private async admit(request: FastifyRequest): Promise<void> {
    const { open, allow, ticket } = request.routeOptions.config;
    if (open) return;
    const caller = await this.callerOf(request.headers.authorization, ticket ? ticketOf(request) : undefined);
    request.caller = caller;
    // Not found is not a secret; whoever has valid credentials or none gets the 404 or 405.
    if (request.is404 || allow?.includes(caller.kind)) return;
    if (caller.kind === 'anonymous')
      throw new Problem('unauthorized', 'Send credentials as `Authorization: Bearer …`.');
    throw new Problem('forbidden', `This route is not for callers of kind ${caller.kind}.`);
  }

  /** Missing credentials make an anonymous caller; wrong ones are refused everywhere, so that nobody goes on unaware. */
  private async callerOf(authorization: string | undefined, ticket: Ticket | undefined): Promise<Caller> {
    if (authorization === undefined && !ticket) return ANONYMOUS;
    const token = BEARER.exec(authorization ?? '')?.[1];
    const caller = await (ticket ? this.tickets.callerOf(ticket.text, ticket.path) : this.callerBy(token));
    if (!caller) throw new Problem('unauthorized', 'The credentials are not valid.');
    return caller;
  }

  private async callerBy(token: string | undefined): Promise<Caller | null> {
    if (token === undefined) return null;
    // Keys have no dots and tokens have two: neither is ever tried as the other.
    if (!token.includes('.')) return this.keys.byKey(token);
    const customerId = await this.tokens.customerOf(token);
    return customerId === null ? null : { kind: 'buyer', customerId };
  }
}

interface Ticket {
  readonly text: string;
  readonly path: string;
}

function ticketOf({ query, url }: FastifyRequest): Ticket | undefined {
  const text = (query as Record<string, unknown>)['ticket'];
  return typeof text === 'string' ? { text, path: url.split('?', 1)[0] ?? '' } : undefined;
}

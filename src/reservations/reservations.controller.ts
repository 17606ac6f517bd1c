import { Body, Controller, Get, Headers, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiHeader, ApiOkResponse, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Allow } from '../access/allow.decorator.js';
import { CallerOf } from '../access/caller-of.decorator.js';
import type { Caller } from '../access/caller.js';
import { RateLimits } from '../access/rate-limits.js';
import { headerRefs, optionalHeaders } from '../platform/api-headers.js';
import { ApiProblems } from '../platform/api-problems.js';
import { Config } from '../platform/config.js';
import { ShedFirst } from '../platform/route-traits.js';
import { invalid } from '../platform/validation.js';
import { Problem, RepeatedProblem } from '../problems.js';
import { knowsAsked, knowsHeld } from '../sales/known-lines.js';
import { type CatalogSale, SaleCatalog } from '../sales/sale-catalog.js';
import { SaleIdInPath } from '../sales/sale.view.js';
import { AwaitDecision } from './await-decision.js';
import { ExtendReservation } from './extend-reservation.js';
import { FindReservation } from './find-reservation.js';
import { ListReservationsQuery, ReservationList } from './list-reservations.dto.js';
import { notHeld } from './not-held.js';
import { problemOfRejection, REJECTION_CODES } from './rejection.js';
import {
  IDEMPOTENCY_KEY_HEADER,
  idempotencyKeyOf,
  IF_NONE_MATCH_HEADER,
  matchesEtag,
  PREFER_CHANGE_HEADER,
  PREFER_DECISION_HEADER,
  waitMsOf,
} from './request-headers.js';
import { ReservationIds } from './reservation-ids.js';
import { ReservationForCaller } from './reservation-for-caller.js';
import { ReservationIdInPath, ReservationResource, toResource } from './reservation-resource.js';
import { Reserve, type Reserved } from './reserve.js';
import { ReserveBody } from './reserve.dto.js';
import { refuseLines } from './resolve-lines.js';

const RETRY_AFTER_SECONDS = 1;
/** Headers of an answer that shows a reservation which this request made or met. */
const MADE = headerRefs('Location', 'ETag', 'Idempotency-Key');

@ApiTags('Reservations')
@Allow('buyer', 'service')
@Controller('v1')
export class ReservationsController {
  constructor(
    private readonly ids: ReservationIds,
    private readonly reserve: Reserve,
    private readonly extend: ExtendReservation,
    private readonly forCaller: ReservationForCaller,
    private readonly find: FindReservation,
    private readonly decisions: AwaitDecision,
    private readonly catalog: SaleCatalog,
    private readonly limits: RateLimits,
    private readonly config: Config,
  ) {}

  @Post('sales/:saleId/reservations')
  @ShedFirst()
  @ApiOperation({
    operationId: 'createReservation',
    summary: 'Asks for units: queues the request, and with Prefer: wait answers the decision',
    description:
      'The lines are decided together, in one atomic step. Without `Prefer: wait` the answer is 202 at once: ask at ' +
      '`Location`. A 503 may have queued the request: repeat it with the same `Idempotency-Key`. The same key and body ' +
      'always meet the same reservation; a refusal after queueing is final under its key.',
  })
  @SaleIdInPath()
  @ApiHeader(IDEMPOTENCY_KEY_HEADER)
  @ApiHeader(PREFER_DECISION_HEADER)
  @ApiCreatedResponse({ type: ReservationResource, description: 'Held within the wait', headers: MADE })
  @ApiResponse({
    status: 202,
    type: ReservationResource,
    description: 'Queued, not decided yet: ask at Location. What was written down is decided, whatever crashes',
    headers: { ...MADE, ...headerRefs('Retry-After', 'Preference-Applied') },
  })
  @ApiResponse({
    status: 200,
    type: ReservationResource,
    description: 'The same key and body were here before: the reservation as it is now',
    headers: MADE,
  })
  @ApiResponse({ status: 409, headers: optionalHeaders('Location', 'Idempotency-Key') })
  @ApiResponse({ status: 422, headers: optionalHeaders('Idempotency-Key') })
  @ApiResponse({ status: 429, headers: optionalHeaders('Idempotency-Key') })
  @ApiResponse({ status: 500, headers: optionalHeaders('Location', 'Idempotency-Key') })
  @ApiResponse({ status: 503, headers: optionalHeaders('Idempotency-Key') })
  @ApiProblems(
    'sale-not-found',
    ['sku-not-found', 422],
    'unit-unknown',
    'idempotency-key-reused',
    ...REJECTION_CODES.filter((code) => code !== 'internal'),
    'overloaded',
  )
  async create(
    @Param('saleId') saleId: string,
    @Body() body: ReserveBody,
    @CallerOf() caller: Caller,
    @Headers('idempotency-key') key: string | undefined,
    @Headers('prefer') prefer: string | undefined,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ReservationResource> {
    // What is wrong with the request itself comes before whether the sale exists.
    const given = idempotencyKeyOf(key);
    const customerId = customerOf(caller, body.customerId, '/');
    refuseLines(body);
    const sale = await this.saleThat(saleId, (copy) => knowsAsked(copy, body.lines));
    const idempotencyKey = given ?? this.ids.newKey();
    // Also on a 503, whose remedy is to repeat with the same key.
    void reply.header('Idempotency-Key', idempotencyKey);
    // A buyer has been counted at the door.
    if (caller.kind === 'service') await this.limits.ofCustomer(customerId);
    const reserved = await this.reserve.reserve({
      sale,
      customerId,
      body,
      idempotencyKey,
      keyed: given !== null,
      waitMs: waitMsOf(prefer, this.config.waitSecondsMax),
      requestId: request.id,
    });
    return answer(reply, reserved, sale);
  }

  @Get('reservations/:id')
  @ApiOperation({
    operationId: 'getReservation',
    summary: 'The reservation as it is now; with Prefer: wait, once it has changed',
    description: 'With `Prefer: wait` and `If-None-Match` this is a long poll for the next change.',
  })
  @ReservationIdInPath()
  @ApiHeader(PREFER_CHANGE_HEADER)
  @ApiHeader(IF_NONE_MATCH_HEADER)
  @ApiOkResponse({ type: ReservationResource, description: 'The reservation', headers: headerRefs('ETag') })
  @ApiResponse({
    status: 304,
    description: 'The version of If-None-Match is the present one',
    headers: headerRefs('ETag'),
  })
  @ApiProblems('reservation-not-found')
  async read(
    @Param('id') id: string,
    @CallerOf() caller: Caller,
    @Headers('prefer') prefer: string | undefined,
    @Headers('if-none-match') known: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ReservationResource | undefined> {
    const ref = this.forCaller.authorize(caller, id);
    const now = await this.forCaller.find(caller, ref);
    const waitMs = waitMsOf(prefer, this.config.waitSecondsMax);
    // Who names an older version has a change to read already.
    const current = known === undefined || matchesEtag(known, etagOf(now.version));
    const latest = current && waitMs > 0 ? await this.decisions.change(now, waitMs) : now;
    const etag = etagOf(latest.version);
    const unchanged = matchesEtag(known, etag);
    const resource = unchanged ? undefined : await this.forCaller.resource(latest);
    // Nothing can go wrong any more: a problem has no version.
    void reply.header('ETag', etag);
    if (unchanged) void reply.code(304);
    return resource;
  }

  @Post('reservations/:id/extend')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'extendReservation',
    summary: "Prolongs the hold by the sale's step, a bounded number of times",
    description: 'Never past the sale’s greatest age of a hold. Each call counts: a repeat is another extension.',
  })
  @ReservationIdInPath()
  @ApiOkResponse({ type: ReservationResource, description: 'Held until the new expiresAt' })
  @ApiProblems('reservation-not-found', 'reservation-not-held', 'extension-refused')
  async prolong(@Param('id') id: string, @CallerOf() caller: Caller): Promise<ReservationResource> {
    const ref = this.forCaller.authorize(caller, id);
    const extended = await this.extend.extend(ref);
    const reservation = await this.forCaller.find(caller, ref);
    if (!extended) throw notHeld(reservation.status);
    return this.forCaller.resource(reservation);
  }

  @Get('sales/:saleId/reservations')
  @ApiOperation({
    operationId: 'listReservations',
    summary: "A customer's reservations in a sale: a reloaded page finds its hold",
  })
  @SaleIdInPath()
  @ApiOkResponse({ type: ReservationList, description: 'The newest first' })
  @ApiProblems('sale-not-found')
  async list(
    @Param('saleId') saleId: string,
    @Query() query: ListReservationsQuery,
    @CallerOf() caller: Caller,
  ): Promise<ReservationList> {
    const customerId = customerOf(caller, query.customerId, '?');
    const sale = await this.publishedSale(saleId);
    const { found, stale } = await this.find.ofCustomer(sale, customerId);
    const wanted = found.filter(({ status }) => query.status === undefined || status === query.status);
    const shown = await this.saleThat(saleId, (copy) => wanted.every(({ lines }) => knowsHeld(copy, lines)));
    return { items: wanted.map((reservation) => toResource(reservation, shown)), ...(stale && { stale }) };
  }

  /** SKUs and units may be newer than this process's copy of the sale. */
  private async saleThat(saleId: string, knows: (sale: CatalogSale) => boolean): Promise<CatalogSale> {
    const copy = await this.publishedSale(saleId);
    return knows(copy) ? copy : ((await this.catalog.fresh(saleId)) ?? copy);
  }

  private async publishedSale(saleId: string): Promise<CatalogSale> {
    const sale = await this.catalog.find(saleId);
    const published = sale?.status === 'draft' ? await this.catalog.reread(saleId) : sale;
    if (!published || published.status === 'draft') throw new Problem('sale-not-found', 'There is no such sale.');
    return published;
  }
}

function etagOf(version: number): string {
  return `"${version}"`;
}

/** A buyer is the customer; a service names one, in the body (`/`) or the query (`?`). */
function customerOf(caller: Caller, named: string | undefined, within: '/' | '?'): string {
  const pointer = `${within}customerId`;
  if (caller.kind === 'buyer') {
    if (named === undefined || named === caller.customerId) return caller.customerId;
    throw invalid([{ pointer, detail: 'must be your own id, or left out' }]);
  }
  if (named === undefined) throw invalid([{ pointer, detail: 'is needed: a service names the customer it acts for' }]);
  return named;
}

/** 201 held in time · 200 a repeat · 202 queued; a refusal is a 409 that names the reservation. */
function answer(reply: FastifyReply, { reservation, repeat }: Reserved, sale: CatalogSale): ReservationResource {
  const location = `/v1/reservations/${reservation.id}`;
  void reply.header('Location', location);
  if (reservation.rejection !== null) {
    const { code, message, extensions } = problemOfRejection(reservation.rejection, sale, reservation.queuedAt);
    throw new RepeatedProblem(code, message, { ...extensions, reservationId: reservation.id });
  }
  void reply.header('ETag', etagOf(reservation.version));
  if (reservation.status === 'queued') {
    void reply.header('Retry-After', RETRY_AFTER_SECONDS).header('Preference-Applied', 'respond-async');
    void reply.code(202);
  } else {
    void reply.code(repeat ? 200 : 201);
  }
  return toResource(reservation, sale);
}

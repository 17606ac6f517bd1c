import { createHash, timingSafeEqual } from 'node:crypto';
import { Controller, Get, Headers, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Problem } from '../problems.js';
import { ApiProblems } from './api-problems.js';
import { Config } from './config.js';
import { Metrics, METRICS_CONTENT_TYPE } from './metrics.js';
import { OpenRoute } from './route-traits.js';

/** Its credential is compared in memory: who watches must not need the stores that are being watched. */
@ApiTags('Health')
@Controller('metrics')
export class MetricsController {
  constructor(
    private readonly metrics: Metrics,
    private readonly config: Config,
  ) {}

  @Get()
  @OpenRoute()
  @ApiBearerAuth('metrics')
  @ApiOperation({
    operationId: 'getMetrics',
    summary: 'What this process counts and measures, for Prometheus',
    description: 'Takes `METRICS_TOKEN` as Bearer, unless the metrics are open to everybody.',
  })
  @ApiProduces('text/plain')
  @ApiOkResponse({
    description: 'In the text format of Prometheus',
    content: { 'text/plain': { schema: { type: 'string', example: 'holdfast_ready 1\n' } } },
  })
  @ApiProblems('unauthorized')
  async scrape(
    @Headers('authorization') authorization: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    if (!this.mayRead(authorization))
      throw new Problem('unauthorized', 'Send METRICS_TOKEN as `Authorization: Bearer …`.');
    void reply.header('Content-Type', METRICS_CONTENT_TYPE).header('Cache-Control', 'no-store');
    return this.metrics.scrape();
  }

  private mayRead(authorization: string | undefined): boolean {
    const { metricsOpen, metricsToken } = this.config;
    if (metricsOpen) return true;
    const given = /^bearer +(\S{1,4096}) *$/i.exec(authorization ?? '')?.[1];
    if (metricsToken === undefined || given === undefined) return false;
    return timingSafeEqual(digest(given), digest(metricsToken));
  }
}

/** Of equal length, as the comparison wants it. */
const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

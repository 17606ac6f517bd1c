import { Injectable } from '@nestjs/common';
import type { FastifyInstance } from 'fastify';
import type { BucketCounts } from './bucket-counts.js';
import { Metrics } from './metrics.js';

/** Measures requests by the template of their route, so that ids in paths make no series. */
@Injectable()
export class HttpMetrics {
  private readonly durations;
  /** By the config object of a route, which is the same for all its requests, then by status. */
  private readonly known = new Map<unknown, Map<number, BucketCounts>>();

  constructor(metrics: Metrics) {
    this.durations = metrics.durations(
      'holdfast_http_request_duration_seconds',
      'From the headers of a request to the end of its answer; waits that the caller asked for are in it.',
      ['method', 'route', 'status'],
    );
  }

  /** Comes before the routes are declared. */
  install(server: FastifyInstance): void {
    server.addHook('onResponse', (request, reply, done) => {
      const { config, url = 'none' } = request.routeOptions;
      const route = request.is404 ? 'none' : url;
      this.seriesOf(request.is404 ? request.method : config, request.method, route, reply.statusCode).observe(
        reply.elapsedTime / 1_000,
      );
      done();
    });
  }

  private seriesOf(key: unknown, method: string, route: string, status: number): BucketCounts {
    let statuses = this.known.get(key);
    if (!statuses) this.known.set(key, (statuses = new Map<number, BucketCounts>()));
    let series = statuses.get(status);
    if (!series) statuses.set(status, (series = this.durations.of(method, route, String(status))));
    return series;
  }
}

import { type DynamicModule, Module } from '@nestjs/common';
import { Config } from './config.js';
import { EventStreams } from './event-streams.js';
import { HealthController } from './health.controller.js';
import { HttpMetrics } from './http-metrics.js';
import { Instances } from './instances.js';
import { Log, rootLogger } from './logging.js';
import { LoopLateness } from './loop-lateness.js';
import { MetricsController } from './metrics.controller.js';
import { Metrics } from './metrics.js';
import { Postgres } from './postgres.js';
import { Readiness } from './readiness.js';
import { RecentCounts } from './recent-counts.js';
import { RedisClock } from './redis-clock.js';
import { RedisConnections } from './redis.js';
import { Refusals } from './refusals.js';
import { RouteTable } from './route-table.js';
import { SchemaCheck } from './schema-check.js';
import { StoreMetrics } from './store-metrics.js';
import { StoreProbe } from './store-probe.js';
import { StoreRules } from './store-rules.js';
import { openTracing, Tracing } from './tracing.js';

/** What every part stands on. Global, and imported once at the root: a second one would be a second pool. */
@Module({})
export class PlatformModule {
  static with(config: Config): DynamicModule {
    return {
      module: PlatformModule,
      global: true,
      controllers: [HealthController, MetricsController],
      providers: [
        { provide: Config, useValue: config },
        { provide: Log, useFactory: () => new Log(rootLogger(config)) },
        { provide: Postgres, useFactory: () => new Postgres(config) },
        { provide: RedisConnections, useFactory: () => new RedisConnections(config) },
        Readiness,
        RouteTable,
        SchemaCheck,
        StoreProbe,
        StoreRules,
        EventStreams,
        { provide: Tracing, useFactory: () => openTracing(config.otlpEndpoint, config.role) },
        RedisClock,
        LoopLateness,
        RecentCounts,
        Instances,
        Metrics,
        HttpMetrics,
        StoreMetrics,
        Refusals,
      ],
      exports: [
        ...[Config, Log, Postgres, RedisConnections, RedisClock, Readiness, RouteTable, EventStreams, StoreRules],
        ...[Metrics, Refusals, Tracing, RecentCounts, Instances, LoopLateness],
      ],
    };
  }
}

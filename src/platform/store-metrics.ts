import { Injectable } from '@nestjs/common';
import { EventStreams } from './event-streams.js';
import { Metrics } from './metrics.js';
import { Postgres } from './postgres.js';
import { Readiness } from './readiness.js';

/** Whether the stores answer this process, and what of it is in use. */
@Injectable()
export class StoreMetrics {
  constructor(metrics: Metrics, readiness: Readiness, postgres: Postgres, streams: EventStreams) {
    const open = metrics.gauge('holdfast_event_streams', 'Event streams that are open here.');
    const up = metrics.gauge('holdfast_store_up', 'Whether the store answered the last probe, twice a second.', [
      'store',
    ]);
    const ready = metrics.gauge('holdfast_ready', 'Whether GET /health/ready answers 200.');
    const connections = metrics.gauge('holdfast_postgres_connections', 'Connections of the pool, by state.', ['state']);
    const waiting = metrics.gauge('holdfast_postgres_waiting', 'Statements that wait for a connection of the pool.');
    metrics.readAtScrape('process', () => {
      for (const store of ['postgres', 'redis'] as const) up.set({ store }, readiness.isOk(store) ? 1 : 0);
      ready.set(readiness.state().ready ? 1 : 0);
      const { totalCount, idleCount, waitingCount } = postgres.pool;
      connections.set({ state: 'busy' }, totalCount - idleCount);
      connections.set({ state: 'idle' }, idleCount);
      waiting.set(waitingCount);
      open.set(streams.open);
      return Promise.resolve();
    });
  }
}

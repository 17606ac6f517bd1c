import { BullModule } from '@nestjs/bullmq';
import { type DynamicModule, Module } from '@nestjs/common';
import { InventoryModule } from '../inventory/inventory.module.js';
import { Config } from '../platform/config.js';
import { RedisConnections } from '../platform/redis.js';
import { SaleCatalogModule } from '../sales/sale-catalog.module.js';
import { AwaitDecision } from './await-decision.js';
import { Backlog } from './backlog.js';
import { Door } from './door.js';
import { ExtendReservation } from './extend-reservation.js';
import { FindReservation } from './find-reservation.js';
import { ForgottenRequests } from './forgotten-requests.js';
import { Intake } from './intake.js';
import { RefusalLines } from './refusal-lines.js';
import { ReleaseReservation } from './release-reservation.js';
import { ReservationEvents } from './reservation-events.js';
import { ReservationForCaller } from './reservation-for-caller.js';
import { ReservationIds } from './reservation-ids.js';
import { Reserve } from './reserve.js';
import { QueueLag } from './queue-lag.queue.js';
import { QueueMetrics } from './queue-metrics.queue.js';
import { queueName, queuePrefix, ReserveQueue } from './reserve.queue.js';
import { ReserveMetrics } from './reserve-metrics.js';
import { ReserveBatchRunner } from './reserve-batch.js';
import { ResultChannel } from './result-channel.js';
import { ReturnTimes } from './return-times.js';

const PARTS = [
  ReserveMetrics,
  RefusalLines,
  QueueLag,
  QueueMetrics,
  ReservationIds,
  FindReservation,
  ForgottenRequests,
  ReservationForCaller,
  ReservationEvents,
  ResultChannel,
  AwaitDecision,
  ReserveQueue,
  Intake,
  { provide: ReturnTimes, useFactory: () => new ReturnTimes() },
  Backlog,
  Door,
  Reserve,
  ReserveBatchRunner,
  ReleaseReservation,
  ExtendReservation,
];

/** Request → intake → queue → worker → result; release, extend. Controllers and workers are the process modules' to add. */
@Module({})
export class ReservationsModule {
  static with(config: Config): DynamicModule {
    const queues = Array.from({ length: config.partitions }, (_, partition) => queueOf(partition, config));
    return {
      module: ReservationsModule,
      imports: [InventoryModule, SaleCatalogModule, ...queues],
      providers: PARTS,
      exports: [...PARTS, InventoryModule, SaleCatalogModule],
    };
  }
}

function queueOf(partition: number, config: Config): DynamicModule {
  return BullModule.registerQueueAsync({
    name: queueName(partition),
    inject: [RedisConnections],
    useFactory: (connections: RedisConnections) => ({
      connection: connections.failFast(),
      prefix: queuePrefix(config.keyPrefix, partition),
      defaultJobOptions: { removeOnComplete: true, removeOnFail: { count: 1_000 } },
    }),
  });
}

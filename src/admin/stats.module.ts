import { type DynamicModule, Module } from '@nestjs/common';
import { AccessModule } from '../access/access.module.js';
import { SalesModule } from '../sales/sales.module.js';
import { ReadHoldFigures } from './hold-figures.js';
import { ChangeFeed } from './change-feed.js';
import { FollowSale } from './follow-sale.js';
import { HistoryRows } from './history-rows.js';
import { ReadHistory } from './read-history.js';
import { ReadStats } from './read-stats.js';
import { TraceReservation } from './trace-reservation.js';

const PARTS = [ReadHoldFigures, ReadStats, HistoryRows, ReadHistory, TraceReservation, ChangeFeed, FollowSale];

/** What operators see of a sale while it runs. */
@Module({})
export class StatsModule {
  static with(reservations: DynamicModule): DynamicModule {
    return {
      module: StatsModule,
      imports: [AccessModule, SalesModule, reservations],
      providers: PARTS,
      exports: PARTS,
    };
  }
}

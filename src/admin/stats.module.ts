import { type DynamicModule, Module } from '@nestjs/common';
import { SalesModule } from '../sales/sales.module.js';
import { ReadHoldFigures } from './hold-figures.js';
import { HistoryRows } from './history-rows.js';
import { ReadHistory } from './read-history.js';
import { ReadStats } from './read-stats.js';
import { TraceReservation } from './trace-reservation.js';

const PARTS = [ReadHoldFigures, ReadStats, HistoryRows, ReadHistory, TraceReservation];

/** What operators see of a sale while it runs. */
@Module({})
export class StatsModule {
  static with(reservations: DynamicModule): DynamicModule {
    return { module: StatsModule, imports: [SalesModule, reservations], providers: PARTS, exports: PARTS };
  }
}

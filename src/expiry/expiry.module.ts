import { type DynamicModule, Module } from '@nestjs/common';
import { Sweep } from './sweep.js';
import { SweepMetrics } from './sweep-metrics.js';

/** Due holds go back. */
@Module({})
export class ExpiryModule {
  static with(reservations: DynamicModule): DynamicModule {
    return { module: ExpiryModule, imports: [reservations], providers: [Sweep, SweepMetrics], exports: [Sweep] };
  }
}

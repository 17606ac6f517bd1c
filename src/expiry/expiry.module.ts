import { type DynamicModule, Module } from '@nestjs/common';
import { Sweep } from './sweep.js';

/** Due holds go back. */
@Module({})
export class ExpiryModule {
  static with(reservations: DynamicModule): DynamicModule {
    return { module: ExpiryModule, imports: [reservations], providers: [Sweep], exports: [Sweep] };
  }
}

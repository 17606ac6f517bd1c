import { type DynamicModule, Module, type ModuleMetadata } from '@nestjs/common';
import type { Type } from '@nestjs/common';
import { OutboxMetrics } from './outbox-metrics.js';
import { OutboxSubscribers, type OutboxSubscriber, Relay } from './relay.js';

/** The relay, with the subscribers that the process gives it by their classes. */
@Module({})
export class EventsModule {
  static with(
    imports: ModuleMetadata['imports'] & object,
    subscribers: Type<OutboxSubscriber>[],
    unheard: readonly string[],
  ): DynamicModule {
    const all = {
      provide: OutboxSubscribers,
      inject: subscribers,
      useFactory: (...subscribed: OutboxSubscriber[]) => new OutboxSubscribers(subscribed, unheard),
    };
    return { module: EventsModule, imports, providers: [all, Relay, OutboxMetrics], exports: [Relay] };
  }
}

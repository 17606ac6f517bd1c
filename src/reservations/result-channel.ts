import { randomUUID } from 'node:crypto';
import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { Redis } from 'ioredis';
import type { AnswerWatch } from '../platform/answer-watch.js';
import { Config } from '../platform/config.js';
import { Log } from '../platform/logging.js';
import { RedisConnections } from '../platform/redis.js';

/** A reservation has changed. `record` is the hold of a `held`, the request of a `refused`, so that who waits need not read. */
export interface ReservationChange {
  readonly id: string;
  readonly kind: 'held' | 'refused' | 'changed';
  readonly record: string;
}

type Listener = (change: ReservationChange) => void;

/**
 * Tells every process that reservations have changed. A hint, for whoever waits: messages may be lost, so a waiter
 * also reads the record, which is the truth. One message carries the changes of a batch.
 */
@Injectable()
export class ResultChannel implements OnApplicationBootstrap, OnModuleDestroy {
  /** The process is stopping: nobody waits any longer. */
  draining = false;
  private readonly publisher: Redis;
  private readonly watch: AnswerWatch;
  private readonly subscriber: Redis;
  private readonly channel: string;
  private readonly listeners = new Map<string, Set<Listener>>();
  /** The last entry of our own messages: a change of no reservation. */
  private readonly origin: readonly [string, string, string] = ['', 'changed', randomUUID()];
  private readonly ending = `,${JSON.stringify(this.origin)}]`;

  constructor(
    connections: RedisConnections,
    config: Config,
    private readonly log: Log,
  ) {
    this.channel = `${config.keyPrefix}:changes`;
    this.publisher = connections.failFast();
    this.watch = connections.watch(() => this.publisher.ping());
    this.subscriber = connections.subscriber();
  }

  onApplicationBootstrap(): void {
    this.subscriber.on('message', (_channel, message: string) => this.deliver(message));
    // Resolves when Redis is there; ioredis subscribes again by itself after each reconnection.
    this.subscriber
      .subscribe(this.channel)
      .catch((error: unknown) => this.log.root.warn({ err: error }, 'not subscribed'));
  }

  /** Whoever waits is answered with what is known, so that stopping need not wait for them. */
  onModuleDestroy(): void {
    this.draining = true;
    for (const [id, listeners] of this.listeners)
      for (const listener of [...listeners]) listener({ id, kind: 'changed', record: '' });
  }

  /** Who waits in this process is told at once; its own message, which comes back, is told by its end and not read. */
  async publish(changes: readonly ReservationChange[]): Promise<void> {
    if (changes.length === 0) return;
    if (this.listeners.size > 0) for (const change of changes) this.tell(change);
    const message = JSON.stringify([...changes.map(({ id, kind, record }) => [id, kind, record]), this.origin]);
    await this.watch.within(() => this.publisher.publish(this.channel, message)).catch(() => undefined);
  }

  /** Resolves with the next change of the reservation, or null after `ms`. Begin to wait before causing the change. */
  next(id: string, ms: number): { change: Promise<ReservationChange | null>; cancel: () => void } {
    let cancel: () => void = () => undefined;
    const change = new Promise<ReservationChange | null>((resolve) => {
      const listener: Listener = (told) => finish(told);
      const timer = setTimeout(() => finish(null), ms);
      const finish = (result: ReservationChange | null): void => {
        clearTimeout(timer);
        this.remove(id, listener);
        resolve(result);
      };
      cancel = () => finish(null);
      this.add(id, listener);
    });
    return { change, cancel };
  }

  private deliver(message: string): void {
    if (this.listeners.size === 0 || message.endsWith(this.ending)) return;
    for (const [id, kind, record] of read(message)) this.tell({ id, kind, record });
  }

  private tell(change: ReservationChange): void {
    const listeners = this.listeners.get(change.id);
    if (listeners) for (const listener of [...listeners]) listener(change);
  }

  private add(id: string, listener: Listener): void {
    const listeners = this.listeners.get(id) ?? new Set();
    listeners.add(listener);
    this.listeners.set(id, listeners);
  }

  private remove(id: string, listener: Listener): void {
    const listeners = this.listeners.get(id);
    listeners?.delete(listener);
    if (listeners?.size === 0) this.listeners.delete(id);
  }
}

/** Anybody who can write to Redis can publish; what is no message of ours tells nobody anything. */
function read(message: string): [string, ReservationChange['kind'], string][] {
  try {
    const changes: unknown = JSON.parse(message);
    return Array.isArray(changes) ? (changes as [string, ReservationChange['kind'], string][]) : [];
  } catch {
    return [];
  }
}

import { createHash, randomUUID } from 'node:crypto';
import { getQueueToken } from '@nestjs/bullmq';
import { Injectable } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import type { Queue } from 'bullmq';
import type { SaleRef } from '../inventory/sale-keys.js';
import { Config } from '../platform/config.js';
import { redisUnavailable } from '../platform/redis.js';

/** A batch of requests of one sale. Ids only: what is to be done is read from the records, never from the job. */
export interface ReserveBatch {
  readonly saleKey: string;
  readonly tails: readonly string[];
}

/** The name of a partition's queue. */
export function queueName(partition: number): string {
  return `reserve-${partition}`;
}

/** Hash-tagged, so that a queue's keys share a slot and partitions spread over a cluster. */
export function queuePrefix(keyPrefix: string, partition: number): string {
  return `${keyPrefix}:{reserve-${partition}}`;
}

/** Where API processes put batches for the workers: one queue a partition, a sale always in the same one. */
@Injectable()
export class ReserveQueue {
  constructor(
    private readonly modules: ModuleRef,
    private readonly config: Config,
  ) {}

  /** Enqueues a batch. The job has an id, so a command that is sent twice adds one job. Throws store-unavailable. */
  async add(sale: SaleRef, tails: readonly string[]): Promise<void> {
    const queue = this.modules.get<Queue<ReserveBatch>>(getQueueToken(queueName(this.partitionOf(sale))), {
      strict: false,
    });
    try {
      await queue.add('batch', { saleKey: sale.key, tails }, { jobId: randomUUID() });
    } catch {
      throw redisUnavailable();
    }
  }

  private partitionOf(sale: SaleRef): number {
    return createHash('sha256').update(sale.key).digest().readUInt32BE(0) % this.config.partitions;
  }
}

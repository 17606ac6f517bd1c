import { Injectable } from '@nestjs/common';
import type { PartitionWorker } from './partition-worker.queue.js';

/** The workers of this process, a partition each: one part opens and closes them, another watches that they work. */
@Injectable()
export class OpenWorkers {
  readonly all: PartitionWorker[] = [];
}

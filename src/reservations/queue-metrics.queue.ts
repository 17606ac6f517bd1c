import { getQueueToken } from '@nestjs/bullmq';
import { Injectable } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import type { Queue } from 'bullmq';
import { Config } from '../platform/config.js';
import { Metrics } from '../platform/metrics.js';
import { queueName } from './reserve.queue.js';

/** Where a job is until its batch is decided. */
const UNFINISHED = ['wait', 'active', 'delayed'] as const;

/** How deep the reserve queues are and how old what waits in them, and what BullMQ tells of them itself. */
@Injectable()
export class QueueMetrics {
  private readonly jobs;
  private readonly age;

  constructor(
    private readonly modules: ModuleRef,
    private readonly config: Config,
    metrics: Metrics,
  ) {
    this.jobs = metrics.gauge('holdfast_queue_jobs', 'Batches in a reserve queue that are not decided yet.', ['queue']);
    this.age = metrics.gauge(
      'holdfast_queue_oldest_job_age_seconds',
      'How long the oldest undecided batch of a reserve queue has been there; 0 when it is empty.',
      ['queue'],
    );
    metrics.readAtScrape(
      'queue',
      () => this.read(),
      () => this.forget(),
    );
  }

  private async read(): Promise<string> {
    const queues = Array.from({ length: this.config.partitions }, (_, partition) => this.queueOf(partition));
    const texts = await Promise.all(queues.map((queue) => this.readQueue(queue)));
    return mergeTexts(texts);
  }

  private async readQueue(queue: Queue): Promise<string> {
    const [counts, oldest, text] = await Promise.all([
      queue.getJobCounts(...UNFINISHED),
      queue.getJobs([...UNFINISHED], 0, 0, true),
      queue.exportPrometheusMetrics(),
    ]);
    this.jobs.set(
      { queue: queue.name },
      Object.values(counts).reduce((sum, count) => sum + count, 0),
    );
    // A job may be gone between the list and the reading of it; BullMQ stamps it by the clock of whoever adds it.
    const now = performance.timeOrigin + performance.now();
    const ages = oldest.filter(Boolean).map(({ timestamp }) => now - timestamp);
    this.age.set({ queue: queue.name }, Math.max(0, ...ages) / 1_000);
    return text;
  }

  private queueOf(partition: number): Queue {
    return this.modules.get<Queue>(getQueueToken(queueName(partition)), { strict: false });
  }

  private forget(): void {
    this.jobs.reset();
    this.age.reset();
  }
}

/** Each queue tells the same metrics; the format wants the lines of one metric together, below one HELP and TYPE. */
function mergeTexts(texts: readonly string[]): string {
  const metrics = new Map<string, { comments: string[]; samples: string[] }>();
  for (const line of texts.flatMap((text) => text.split('\n')).filter(Boolean)) {
    const name = /^(?:# \w+ )?(\w+)/.exec(line)?.[1] ?? '';
    const metric = metrics.get(name) ?? { comments: [], samples: [] };
    metrics.set(name, metric);
    const list = line.startsWith('#') ? metric.comments : metric.samples;
    if (!list.includes(line)) list.push(line);
  }
  return [...metrics.values()].map(({ comments, samples }) => [...comments, ...samples].join('\n')).join('\n\n');
}

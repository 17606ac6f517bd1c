import { Injectable } from '@nestjs/common';
import type { Queue } from 'bullmq';
import { Metrics } from '../platform/metrics.js';
import { QueueLag } from './queue-lag.queue.js';

/** How deep the reserve queues are and how old what waits in them, and what BullMQ tells of them itself. */
@Injectable()
export class QueueMetrics {
  private readonly jobs;
  private readonly age;

  constructor(
    private readonly lag: QueueLag,
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
    return mergeTexts(await Promise.all(this.lag.queues().map((queue) => this.readQueue(queue))));
  }

  private async readQueue(queue: Queue): Promise<string> {
    const [{ jobs, oldestAgeMs }, text] = await Promise.all([this.lag.of(queue), queue.exportPrometheusMetrics()]);
    this.jobs.set({ queue: queue.name }, jobs);
    this.age.set({ queue: queue.name }, oldestAgeMs / 1_000);
    return text;
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

import { Injectable } from '@nestjs/common';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { HotHistogram } from './bucket-counts.js';
import { ScrapeSource } from './scrape-source.js';

/** The content type of what `scrape` returns. */
export const METRICS_CONTENT_TYPE = Registry.PROMETHEUS_CONTENT_TYPE;

let ofProcess: Registry | undefined;

/** Memory, CPU and event loop belong to the process, however many applications it runs. */
function processRegistry(): Registry {
  if (!ofProcess) {
    ofProcess = new Registry();
    collectDefaultMetrics({ register: ofProcess });
  }
  return ofProcess;
}

/**
 * What one application counts and measures. Each folder declares its own, in one file near what happens. Labels have few
 * values, never the id of a customer or a reservation: a series that was made once stays until the process ends.
 */
@Injectable()
export class Metrics {
  private readonly registry = new Registry();
  private readonly histograms: HotHistogram[] = [];
  private readonly sources: ScrapeSource[] = [];
  private readonly sourceUp = this.gauge(
    'holdfast_scrape_source_up',
    'Whether what is read at a scrape could be read in time; where 0, its metrics are missing.',
    ['source'],
  );

  counter<T extends string = never>(name: string, help: string, labelNames: T[] = []): Counter<T> {
    return new Counter({ name, help, labelNames, registers: [this.registry] });
  }

  gauge<T extends string = never>(name: string, help: string, labelNames: T[] = []): Gauge<T> {
    return new Gauge({ name, help, labelNames, registers: [this.registry] });
  }

  histogram<T extends string = never>(
    name: string,
    help: string,
    buckets: number[],
    labelNames: T[] = [],
  ): Histogram<T> {
    return new Histogram({ name, help, buckets, labelNames, registers: [this.registry] });
  }

  /** Durations in seconds of what happens often; whoever measures keeps the series of its labels. */
  durations(name: string, help: string, labelNames: readonly string[] = []): HotHistogram {
    const histogram = new HotHistogram(name, help, labelNames);
    this.histograms.push(histogram);
    return histogram;
  }

  /** Has `read` called before a scrape: it sets gauges, or resolves with text in Prometheus's format; `forget` takes away what it has set when it cannot be read any more. */
  readAtScrape(name: string, read: () => Promise<unknown>, forget: () => void = () => undefined): void {
    this.sources.push(new ScrapeSource(name, read, forget));
  }

  /** Everything, in Prometheus's text format. Answers within about a second, also while stores are away. */
  async scrape(): Promise<string> {
    const texts = await Promise.all(this.sources.map((source) => source.refresh()));
    for (const { name, up } of this.sources) this.sourceUp.set({ source: name }, up ? 1 : 0);
    const parts = [
      await this.registry.metrics(),
      ...this.histograms.map((histogram) => histogram.text()),
      ...texts.filter((text) => text !== ''),
      await processRegistry().metrics(),
    ];
    return `${parts.map((part) => part.trimEnd()).join('\n\n')}\n`;
  }
}

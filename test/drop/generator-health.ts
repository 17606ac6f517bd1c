import { type Figures, percentileMs } from './figures.js';

/** Whether the generators kept up: one that is late, busy or out of connections measures itself. */
export interface GeneratorHealth {
  readonly generators: number;
  readonly lateP99Ms: number;
  readonly lateMaxMs: number;
  readonly stalledMaxMs: number;
  readonly connectingP99Ms: number;
  /** Of its time, how much a generator was busy; 1 is all of it. */
  readonly busy: number;
  /** What to do about it, a sentence each; none when the figures are the service's own. */
  readonly limits: readonly string[];
}

const LATE_MS_MAX = 20;
const BUSY_MAX = 0.85;
const CONNECTING_MS_MAX = 20;

export function healthOf({ late, stalled, connecting, counts }: Figures, generators: number): GeneratorHealth {
  const health = {
    generators,
    lateP99Ms: percentileMs(late, 99),
    lateMaxMs: percentileMs(late, 100),
    stalledMaxMs: percentileMs(stalled, 100),
    connectingP99Ms: percentileMs(connecting, 99),
    busy: counts.wallMs > 0 ? counts.busyMs / counts.wallMs : 0,
  };
  const limits: string[] = [];
  if (health.lateP99Ms > LATE_MS_MAX)
    limits.push(
      `One request in a hundred was made ${Math.round(health.lateP99Ms)} ms after its time or later: latencies contain the generator's own delay. Add --generators, or run it on another machine than the service.`,
    );
  if (health.busy > BUSY_MAX)
    limits.push(
      `The generators were busy ${Math.round(health.busy * 100)} % of the time: they could not have sent much more. Add --generators.`,
    );
  if (health.connectingP99Ms > CONNECTING_MS_MAX)
    limits.push(
      `One request in a hundred waited ${Math.round(health.connectingP99Ms)} ms or longer for a free connection, which is in its latency.`,
    );
  return { ...health, limits };
}

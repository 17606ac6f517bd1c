import type { ReactNode } from 'react';
import { countText, rateText } from '../../look/amount.js';
import type { Stats } from '../live/live-sale.js';

interface Sign {
  readonly name: string;
  readonly kind: 'good' | 'caution' | 'bad';
  readonly says: string;
}

/** From here on buyers feel it. */
const LAG_MS_SLOW = 1_000;

const lagText = (ms: number): string => (ms < 1_000 ? `${countText(ms)} ms` : `${rateText(ms / 1_000)} s`);

function signsOf({ sale, queues, instances, workersAlive }: Stats): Sign[] {
  const lag = Math.max(0, ...(queues ?? []).map(({ oldestAgeMs }) => oldestAgeMs));
  const jobs = (queues ?? []).reduce((sum, queue) => sum + queue.jobs, 0);
  const waiting = sale?.undecidedRequests ?? 0;
  const alive = (instances ?? []).filter((instance) => instance.alive);
  return [
    queues === null || sale?.stale === true
      ? { name: 'Redis', kind: 'bad', says: 'out of reach' }
      : { name: 'Redis', kind: 'good', says: 'answers' },
    sale !== null && sale.holds === null
      ? { name: 'Postgres', kind: 'bad', says: 'out of reach' }
      : { name: 'Postgres', kind: 'good', says: 'answers' },
    workersAlive === 0
      ? { name: 'Workers', kind: 'bad', says: 'none decides reservations' }
      : { name: 'Workers', kind: 'good', says: `${countText(workersAlive)} at work` },
    {
      name: 'Queue',
      kind: lag > LAG_MS_SLOW ? 'caution' : 'good',
      says: jobs + waiting === 0 ? 'nobody waits' : `${countText(waiting)} wait, ${lagText(lag)}`,
    },
    { name: 'Processes', kind: alive.length === 0 ? 'caution' : 'good', says: `${countText(alive.length)} alive` },
  ];
}

/** Whether each part does its work: a line of its own, because it is what one looks for first. */
export function HealthPart({ stats }: { stats: Stats }): ReactNode {
  return (
    <dl className="signs" aria-label="Health">
      {signsOf(stats).map(({ name, kind, says }) => (
        <div key={name} className={kind}>
          <dt>{name}</dt>
          <dd>{says}</dd>
        </div>
      ))}
    </dl>
  );
}

import type { ReactNode } from 'react';
import { countOf, countText } from '../../look/amount.js';
import type { Stats } from '../live/use-stats.js';

interface Sign {
  readonly name: string;
  readonly kind: 'good' | 'caution' | 'bad';
  readonly says: string;
}

/** From here on buyers feel it. */
const LAG_MS_SLOW = 1_000;

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
      says: jobs + waiting === 0 ? 'nobody waits' : `${countOf(waiting, 'request')} wait, ${countText(lag)} ms at most`,
    },
    { name: 'Processes', kind: alive.length === 0 ? 'caution' : 'good', says: `${countText(alive.length)} alive` },
  ];
}

/** Whether each part does its work. */
export function HealthPart({ stats }: { stats: Stats }): ReactNode {
  return (
    <section className="part">
      <header>
        <h2>Health</h2>
      </header>
      <dl className="signs">
        {signsOf(stats).map(({ name, kind, says }) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>
              <span className={`pill ${kind}`}>{says}</span>
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

import type { ReactNode } from 'react';
import { countText, rateText } from '../../look/amount.js';
import type { Stats } from '../live/live-sale.js';
import { type Store, storesAway } from '../live/stores-away.js';

interface Sign {
  readonly name: string;
  readonly kind: 'good' | 'caution' | 'bad';
  readonly says: string;
}

/** From here on buyers feel it. */
const LAG_MS_SLOW = 1_000;

const lagText = (ms: number): string => (ms < 1_000 ? `${countText(ms)} ms` : `${rateText(ms / 1_000)} s`);

/** Figures that are told last while both answer are those of a sale that is built anew. */
function signOf(store: Store, stats: Stats): Sign {
  const away = storesAway(stats);
  if (away.includes(store)) return { name: store, kind: 'bad', says: 'out of reach' };
  if (store === 'Redis' && away.length === 0 && stats.sale?.stale === true)
    return { name: store, kind: 'caution', says: 'is built anew' };
  return { name: store, kind: 'good', says: 'answers' };
}

function workersSign({ workersAlive, instances }: Stats): Sign {
  if (instances === null) return unknown('Workers');
  return workersAlive === 0
    ? { name: 'Workers', kind: 'bad', says: 'none decides reservations' }
    : { name: 'Workers', kind: 'good', says: `${countText(workersAlive)} at work` };
}

function queueSign({ queues, sale }: Stats): Sign {
  if (queues === null) return unknown('Queue');
  const lag = Math.max(0, ...queues.map(({ oldestAgeMs }) => oldestAgeMs));
  const jobs = queues.reduce((sum, queue) => sum + queue.jobs, 0);
  const waiting = sale?.undecidedRequests ?? 0;
  return {
    name: 'Queue',
    kind: lag > LAG_MS_SLOW ? 'caution' : 'good',
    says: jobs + waiting === 0 ? 'nobody waits' : `${countText(waiting)} wait, ${lagText(lag)}`,
  };
}

function instancesSign({ instances }: Stats): Sign {
  if (instances === null) return unknown('Processes');
  const alive = instances.filter((instance) => instance.alive).length;
  return { name: 'Processes', kind: alive === 0 ? 'caution' : 'good', says: `${countText(alive)} alive` };
}

/** Redis would know. */
const unknown = (name: string): Sign => ({ name, kind: 'caution', says: 'not known' });

/** Whether each part does its work: a line of its own, because it is what one looks for first. */
export function HealthPart({ stats }: { stats: Stats }): ReactNode {
  const signs = [
    ...(['Redis', 'Postgres'] as const).map((store) => signOf(store, stats)),
    ...[workersSign(stats), queueSign(stats), instancesSign(stats)],
  ];
  return (
    <dl className="signs" aria-label="Health">
      {signs.map(({ name, kind, says }) => (
        <div key={name} className={kind}>
          <dt>{name}</dt>
          <dd>{says}</dd>
        </div>
      ))}
    </dl>
  );
}

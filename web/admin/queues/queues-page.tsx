import type { ReactNode } from 'react';
import { countText } from '../../look/amount.js';
import { Moment } from '../../look/moment.js';
import type { Stats } from '../live/live-sale.js';
import { useStats } from '../live/use-stats.js';
import type { Sale } from '../server.js';
import { FailedPart } from './failed-part.js';
import { LedgerPart } from './ledger-part.js';

/** What waits, who works, and whether the books agree. */
export function QueuesPage({ sale }: { sale: Sale | null }): ReactNode {
  const stats = useStats(sale);
  return (
    <div className="stack wide-gap">
      <h1>Queues and ledger</h1>
      {stats ? <Queues queues={stats.queues} /> : <p className="soft">Asking who works …</p>}
      <FailedPart count={stats?.queues === null ? null : failedIn(stats?.queues ?? [])} />
      {stats ? <Instances instances={stats.instances} /> : null}
      <LedgerPart key={sale?.id} sale={sale} />
    </div>
  );
}

const failedIn = (queues: NonNullable<Stats['queues']>): number => queues.reduce((sum, { failed }) => sum + failed, 0);

function Queues({ queues }: { queues: Stats['queues'] }): ReactNode {
  return (
    <section className="part">
      <header>
        <h2>Queues</h2>
      </header>
      {queues === null ? <p className="soft">Not known while Redis is out of reach.</p> : null}
      {queues ? (
        <table className="table folds">
          <thead>
            <tr>
              <th>Queue</th>
              <th className="number">Batches that wait</th>
              <th className="number">The oldest waits</th>
              <th className="number">Failed</th>
            </tr>
          </thead>
          <tbody>
            {queues.map(({ queue, jobs, oldestAgeMs, failed }) => (
              <tr key={queue}>
                <td data-label="Queue" className="id">
                  {queue}
                </td>
                <td data-label="Batches that wait" className="number">
                  {countText(jobs)}
                </td>
                <td data-label="The oldest waits" className="number">
                  {countText(oldestAgeMs)} ms
                </td>
                <td data-label="Failed" className="number">
                  {failed === 0 ? 'none' : <span className="pill bad">{countText(failed)}</span>}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      ) : null}
    </section>
  );
}

function Instances({ instances }: { instances: Stats['instances'] }): ReactNode {
  return (
    <section className="part">
      <header>
        <h2>Processes</h2>
      </header>
      {instances === null ? <p className="soft">Not known while Redis is out of reach.</p> : null}
      {instances === null ? null : <InstanceTable instances={instances} />}
    </section>
  );
}

function InstanceTable({ instances }: { instances: NonNullable<Stats['instances']> }): ReactNode {
  return (
    <table className="table folds">
      <thead>
        <tr>
          <th>Process</th>
          <th>Does</th>
          <th>On</th>
          <th>Since</th>
          <th>State</th>
        </tr>
      </thead>
      <tbody>
        {instances.map(({ id, role, host, startedAt, alive }) => (
          <tr key={id}>
            <td data-label="Process" className="id">
              {id}
            </td>
            <td data-label="Does">{role}</td>
            <td data-label="On">{host}</td>
            <td data-label="Since">
              <Moment at={startedAt} />
            </td>
            <td data-label="State">
              <span className={`pill ${alive ? 'good' : 'bad'}`}>{alive ? 'alive' : 'silent'}</span>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

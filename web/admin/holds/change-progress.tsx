import { DialogDismiss } from '@ariakit/react';
import { useMutation, useQueries } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { countOf, countText } from '../../look/amount.js';
import { type BulkRun, type HoldChange, readRun, stopRun } from './change-holds.js';

const LOOK_MS = 400;
const DONE: Record<HoldChange, string> = { release: 'released', extend: 'extended' };

/** How far the workers are with what was asked for, and what came of it. */
export function ChangeProgress({ what, runs }: { what: HoldChange; runs: readonly BulkRun[] }): ReactNode {
  const looks = useQueries({
    queries: runs.map((run) => ({
      ...{ queryKey: ['bulk-run', run.id], queryFn: () => readRun(run.id), initialData: run, staleTime: 0 },
      refetchInterval: ({ state }: { state: { data: BulkRun | null | undefined } }) =>
        state.data?.status === 'running' ? LOOK_MS : false,
    })),
  });
  const now = looks.map(({ data }, at) => data ?? runs[at]).filter((run) => run !== undefined);
  const stopping = useMutation({
    mutationFn: () => Promise.all(now.map(({ id }) => stopRun(id, 'Stopped on the dashboard'))),
  });
  const sum = (count: (run: BulkRun) => number): number => now.reduce((total, run) => total + count(run), 0);
  const [changed, unchanged, failed] = [sum((r) => r.changed), sum((r) => r.unchanged), sum((r) => r.failed)];
  const matching = sum((run) => run.matching);
  const isRunning = now.some(({ status }) => status === 'running');
  const wasStopped = now.some(({ status }) => status === 'stopped');
  return (
    <div className="stack">
      <progress
        value={changed + unchanged + failed}
        max={Math.max(1, matching)}
        aria-label="Holds that had their turn"
      />
      <p role="status">
        {wasStopped ? 'Stopped. ' : ''}
        <strong>
          {countText(changed)} of {countOf(matching, 'hold')} {DONE[what]}.
        </strong>
        {unchanged > 0 ? ` ${countText(unchanged)} were over when their turn came.` : ''}
        {failed > 0 ? ` ${countText(failed)} failed.` : ''}
      </p>
      <ul className="small">
        {now
          .flatMap(({ failures }) => failures)
          .map(({ reservationId, detail }) => (
            <li key={reservationId}>
              <span className="id">{reservationId}</span>: {detail}
            </li>
          ))}
      </ul>
      <div className="actions">
        {isRunning ? (
          <button className="button alarm" disabled={stopping.isPending} onClick={() => stopping.mutate()}>
            Stop it
          </button>
        ) : null}
        <DialogDismiss className={isRunning ? 'button' : 'button main'} autoFocus>
          {isRunning ? 'Go on in the background' : 'Close'}
        </DialogDismiss>
      </div>
    </div>
  );
}

import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import type { Schemas } from '../../client/api-client.js';
import { countOf, countText } from '../../look/amount.js';
import { Moment } from '../../look/moment.js';
import { ReasonAsk } from '../../look/reason-ask.js';
import { Reading } from '../live/reading.js';
import { api, queries } from '../server.js';

type FailedJob = Schemas['FailedJobView'];

const readFailed = async () => (await api.GET('/v1/admin/queues/failed')).data ?? null;

async function retry(job: FailedJob | 'all', reason: string): Promise<void> {
  if (job === 'all') await api.POST('/v1/admin/queues/failed/retry', { body: { reason } });
  else {
    const params = { path: { jobId: job.id } };
    await api.POST('/v1/admin/queues/failed/{jobId}/retry', { params, body: { reason } });
  }
  await queries.invalidateQueries({ queryKey: ['failed-jobs'] });
}

/** What failed in the queues and why, to be queued again. `count`: how many there are now, as the stream tells; null: not known. */
export function FailedPart({ count }: { count: number | null }): ReactNode {
  const [asking, setAsking] = useState<FailedJob | 'all' | null>(null);
  const failed = useQuery({
    queryKey: ['failed-jobs', count],
    queryFn: readFailed,
    placeholderData: (last) => last,
    enabled: count !== null,
  });
  const jobs = count === null ? [] : (failed.data?.items ?? []);
  return (
    <section className="part">
      <header>
        <h2>Failed jobs</h2>
        {jobs.length > 0 ? (
          <button className="button small" onClick={() => setAsking('all')}>
            Retry all {countText(failed.data?.total ?? jobs.length)} …
          </button>
        ) : null}
      </header>
      {count === null ? <p className="soft">Not known while Redis is out of reach.</p> : <Reading of={failed} />}
      {count !== null && failed.isSuccess && jobs.length === 0 ? (
        <p className="soft">
          None, as it should be: what cannot be decided now is put off. One that fails stays here until it is retried.
        </p>
      ) : null}
      {jobs.length > 0 ? <FailedTable jobs={jobs} onRetry={setAsking} /> : null}
      <ReasonAsk
        open={asking !== null}
        onClose={() => setAsking(null)}
        title={asking === 'all' ? 'Retry every failed job?' : 'Retry the job?'}
        tells="It is queued again. A batch that was decided already meets its own decisions: nothing is held twice."
        action="Retry"
        run={(reason) => (asking === null ? Promise.resolve() : retry(asking, reason))}
      />
    </section>
  );
}

interface TableParts {
  readonly jobs: readonly FailedJob[];
  readonly onRetry: (job: FailedJob) => void;
}

function FailedTable({ jobs, onRetry }: TableParts): ReactNode {
  return (
    <table className="table folds">
      <thead>
        <tr>
          <th>Failed</th>
          <th>Queue</th>
          <th className="number">Holds</th>
          <th>Why</th>
          <th>
            <span className="unseen">What to do</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {jobs.map((job) => (
          <tr key={job.id}>
            <td data-label="Failed">
              <Moment at={job.failedAt} />
            </td>
            <td data-label="Queue" className="id">
              {job.queue}
            </td>
            <td data-label="Holds" className="number">
              {countOf(job.requests, 'request')}
            </td>
            <td data-label="Why">{job.failedReason}</td>
            <td>
              <button className="button small" onClick={() => onRetry(job)}>
                Retry …
              </button>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

import { useInfiniteQuery } from '@tanstack/react-query';
import { type ReactNode, useEffect, useState } from 'react';
import type { Schemas } from '../../client/api-client.js';
import { Field } from '../../look/field.js';
import { Moment } from '../../look/moment.js';
import { Reading } from '../live/reading.js';
import { useStats } from '../live/use-stats.js';
import { api, queries, type Sale } from '../server.js';
import { nameOfAction } from './name-of-action.js';
import './audit-page.css';

type AuditPageOfLines = Schemas['AuditPage'];
type AuditLine = AuditPageOfLines['items'][number];

const KINDS = ['sale', 'sku', 'hold', 'holds', 'order', 'job', 'ledger', 'api-key', 'session', 'customer'] as const;

async function readAudit(saleId: string, action: string, cursor: string | null): Promise<AuditPageOfLines> {
  const query = {
    ...{ limit: 50 },
    ...(saleId !== '' && { saleId }),
    ...(action !== '' && { action }),
    ...(cursor !== null && { cursor }),
  };
  const { data } = await api.GET('/v1/admin/audit', { params: { query } });
  return data ?? { items: [], nextCursor: null };
}

/** Who did what to which thing, when and why; nobody can change it. */
export function AuditPage({ sale }: { sale: Sale | null }): ReactNode {
  const [saleId, setSaleId] = useState('');
  const [action, setAction] = useState('');
  const lines = useInfiniteQuery({
    queryKey: ['audit', saleId, action],
    queryFn: ({ pageParam }) => readAudit(saleId, action, pageParam),
    initialPageParam: null as string | null,
    getNextPageParam: ({ nextCursor }) => nextCursor,
    staleTime: 0,
  });
  const stats = useStats(sale);
  const newest = stats?.lastAuditId ?? null;
  useEffect(() => void queries.invalidateQueries({ queryKey: ['audit'] }), [newest]);
  const items = lines.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <div className="stack">
      <header className="stack tight">
        <h1>Audit</h1>
        <p className="soft">What operators did, as they do it. Nobody can change a line.</p>
      </header>
      <div className="fields" role="search">
        <Field label="Of">
          <select value={saleId} onChange={(event) => setSaleId(event.target.value)}>
            <option value="">everything</option>
            {sale ? <option value={sale.id}>{sale.name}</option> : null}
          </select>
        </Field>
        <Field label="Kind">
          <select value={action} onChange={(event) => setAction(event.target.value)}>
            <option value="">every kind</option>
            {KINDS.map((kind) => (
              <option key={kind}>{kind}</option>
            ))}
          </select>
        </Field>
      </div>
      <Reading of={lines} />
      {lines.isSuccess && items.length === 0 ? (
        <div className="empty">
          <p>Nothing of that kind was done yet. Every change lands here, with who and why.</p>
        </div>
      ) : null}
      {items.length === 0 ? null : (
        <ol className="audit">
          {items.map((line) => (
            <Line key={line.id} line={line} />
          ))}
        </ol>
      )}
      {lines.hasNextPage ? (
        <button className="button" disabled={lines.isFetchingNextPage} onClick={() => void lines.fetchNextPage()}>
          More
        </button>
      ) : null}
    </div>
  );
}

function Side({ name, value }: { name: string; value: unknown }): ReactNode {
  return (
    <div>
      <h3 className="small soft">{name}</h3>
      <pre tabIndex={0}>{value == null ? 'nothing' : JSON.stringify(value, null, 1)}</pre>
    </div>
  );
}

function Line({
  line: { at, actor, actorName, action, subject, reason, before, after },
}: {
  line: AuditLine;
}): ReactNode {
  return (
    <li>
      <span className="small soft">
        <Moment at={at} />
      </span>
      <div>
        <p>
          <strong>{nameOfAction(action)}</strong> <span className="id soft">{subject}</span>
        </p>
        {reason === null ? null : <p>“{reason}”</p>}
        <p className="small soft">by {actorName ?? actor}</p>
        {before == null && after == null ? null : (
          <details>
            <summary className="small">Before and after</summary>
            <div className="change">
              <Side name="Before" value={before} />
              <Side name="After" value={after} />
            </div>
          </details>
        )}
      </div>
    </li>
  );
}

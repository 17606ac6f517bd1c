import { useInfiniteQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import type { Schemas } from '../../client/api-client.js';
import { Field } from '../../look/field.js';
import { Moment } from '../../look/moment.js';
import { api, type Sale, sentenceOf } from '../server.js';
import './audit-page.css';

type AuditPageOfLines = Schemas['AuditPage'];
type AuditLine = AuditPageOfLines['items'][number];

const KINDS = ['sale', 'sku', 'hold', 'holds', 'order', 'ledger', 'api-key', 'session', 'customer'] as const;

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
  const items = lines.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <div className="stack">
      <header className="row spread">
        <h1>Audit</h1>
        <button className="button" onClick={() => void lines.refetch()}>
          Look again
        </button>
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
      {lines.isError ? <p className="notice bad">{sentenceOf(lines.error)}</p> : null}
      {lines.isSuccess && items.length === 0 ? (
        <div className="empty">
          <p>Nothing of that kind was done yet. Every change lands here, with who and why.</p>
        </div>
      ) : null}
      <ol className="audit">
        {items.map((line) => (
          <Line key={line.id} line={line} />
        ))}
      </ol>
      {lines.hasNextPage ? (
        <button className="button" disabled={lines.isFetchingNextPage} onClick={() => void lines.fetchNextPage()}>
          More
        </button>
      ) : null}
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
          <strong>{action}</strong> <span className="id">{subject}</span>
          {reason === null ? '' : ` — ${reason}`}
        </p>
        <p className="small soft">by {actorName ?? actor}</p>
        {before == null && after == null ? null : (
          <details>
            <summary className="small">Before and after</summary>
            <div className="change">
              <pre>{JSON.stringify(before, null, 1)}</pre>
              <pre>{JSON.stringify(after, null, 1)}</pre>
            </div>
          </details>
        )}
      </div>
    </li>
  );
}

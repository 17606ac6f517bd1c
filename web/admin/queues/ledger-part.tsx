import { useMutation, useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import type { Schemas } from '../../client/api-client.js';
import { countOf, countText } from '../../look/amount.js';
import { ReasonAsk } from '../../look/reason-ask.js';
import { Moment } from '../../look/moment.js';
import { Reading } from '../live/reading.js';
import { api, clock, plainly, queries, type Sale } from '../server.js';

type Check = Schemas['LedgerCheck'];
type Repair = Schemas['LedgerRepair'];

async function check(saleId: string): Promise<Check | null> {
  const { data } = await api.GET('/v1/admin/ledger/check', { params: { query: { saleId } } });
  return data?.items[0] ?? null;
}

async function repair(saleId: string, reason: string, dryRun: boolean): Promise<Repair | null> {
  const { data } = await api.POST('/v1/admin/ledger/repair', { body: { saleId, reason, dryRun } });
  return data ?? null;
}

const VERDICTS: Record<Check['verdict'], readonly [string, string]> = {
  agrees: ['good', 'Redis and Postgres agree'],
  drift: ['bad', 'They do not agree: a repair heals it'],
  'postgres-older': ['bad', 'Postgres has forgotten orders: restore the newest one'],
  'not-compared': ['still', 'Not compared'],
};

/** Whether both stores say the same of a sale; and what to do where they do not, tried dry first. */
export function LedgerPart({ sale }: { sale: Sale | null }): ReactNode {
  const checking = useQuery({
    queryKey: ['ledger-check', sale?.id],
    queryFn: async () => ({ at: new Date(clock.read()).toISOString(), found: sale && (await check(sale.id)) }),
    ...{ enabled: sale !== null && sale.status !== 'draft', staleTime: Infinity },
  });
  if (!sale) return null;
  return (
    <section className="part">
      <header>
        <h2>Ledger of {sale.name}</h2>
        <button className="button small" disabled={checking.isFetching} onClick={() => void checking.refetch()}>
          {checking.isFetching ? 'Comparing …' : 'Compare again'}
        </button>
      </header>
      {sale.status === 'draft' ? (
        <p className="soft">A draft has no ledger yet: it is made when the sale opens.</p>
      ) : null}
      {sale.status === 'draft' ? null : <Reading of={checking} what="Comparing both stores …" />}
      <div role="status">
        {checking.data?.found ? <Found check={checking.data.found} at={checking.data.at} /> : null}
      </div>
      {sale.status === 'draft' ? null : <RepairPart sale={sale} />}
    </section>
  );
}

/** Building a sale anew from Postgres: first only what it would do. */
function RepairPart({ sale }: { sale: Sale }): ReactNode {
  const [asking, setAsking] = useState(false);
  const [done, setDone] = useState<Repair | null>(null);
  const trying = useMutation({ mutationFn: () => repair(sale.id, 'A dry run', true), onMutate: () => setDone(null) });
  return (
    <>
      <div className="row">
        <button className="button" disabled={trying.isPending} onClick={() => trying.mutate()}>
          {trying.isPending ? 'Working it out …' : 'What would a repair do?'}
        </button>
        <span className="small soft">A dry run: nothing is changed.</span>
      </div>
      {trying.error ? <p className="notice bad">{trying.error.message}</p> : null}
      <div role="status" className="stack">
        {trying.data && done === null ? (
          <>
            <Steps repair={trying.data} />
            <div>
              <button className="button alarm" onClick={() => setAsking(true)}>
                Repair it for real …
              </button>
            </div>
          </>
        ) : null}
        {done ? (
          <p className="notice">{done.outcome === 'dry-run' ? 'Nothing was changed.' : 'The sale was built anew.'}</p>
        ) : null}
      </div>
      <ReasonAsk
        open={asking}
        onClose={() => setAsking(false)}
        title={`Build ${sale.name} anew?`}
        tells="Redis is written anew from Postgres. For a moment callers are answered 503 and repeat; no hold and no order is lost."
        action="Repair it"
        alarming
        run={async (reason) => {
          setDone(await repair(sale.id, reason, false));
          void queries.invalidateQueries({ queryKey: ['ledger-check', sale.id] });
        }}
      />
    </>
  );
}

interface FoundParts {
  readonly check: Check;
  readonly at: string;
}

function Found({ check: { verdict, why, compared, findings, findingsTotal }, at }: FoundParts): ReactNode {
  const [kind, text] = VERDICTS[verdict];
  return (
    <div className="stack tight">
      <p>
        <span className={`pill ${kind}`}>{text}</span>{' '}
        <span className="small soft">
          as of <Moment at={at} withDay={false} />
        </span>
      </p>
      {why === null ? null : <p className="soft">{plainly(why)}</p>}
      {verdict === 'not-compared' ? null : (
        <p className="small soft">
          Compared: {countOf(compared.units, 'unit')}, {countOf(compared.holds, 'hold')} with{' '}
          {countOf(compared.rows, 'row')}, {countOf(compared.soldUnits, 'sold unit')}.
        </p>
      )}
      <ul>
        {findings.map(({ text: finding }) => (
          <li key={finding}>{finding}</li>
        ))}
      </ul>
      {findingsTotal > findings.length ? <p>… {countText(findingsTotal)} in all.</p> : null}
    </div>
  );
}

function Steps({ repair: { steps } }: { repair: Repair }): ReactNode {
  return (
    <div className="notice caution">
      <p>A repair would do this:</p>
      <ul>
        {steps.map((step) => (
          <li key={step}>{step}</li>
        ))}
      </ul>
    </div>
  );
}

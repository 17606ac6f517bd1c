import { useMutation } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import type { Schemas } from '../../client/api-client.js';
import { countText } from '../../look/amount.js';
import { ReasonAsk } from '../../look/reason-ask.js';
import { api, type Sale } from '../server.js';

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
  const [asking, setAsking] = useState(false);
  const [done, setDone] = useState<Repair | null>(null);
  const checking = useMutation({ mutationFn: check });
  const trying = useMutation({ mutationFn: (saleId: string) => repair(saleId, 'A dry run', true) });
  if (!sale) return null;
  const { data: found } = checking;
  return (
    <section className="part">
      <header>
        <h2>Ledger of {sale.name}</h2>
      </header>
      <div className="row">
        <button className="button main" disabled={checking.isPending} onClick={() => checking.mutate(sale.id)}>
          {checking.isPending ? 'Comparing …' : 'Compare both stores'}
        </button>
        <button className="button" disabled={trying.isPending} onClick={() => trying.mutate(sale.id)}>
          {trying.isPending ? 'Working it out …' : 'Repair, dry run'}
        </button>
      </div>
      {checking.error ? <p className="notice bad">{checking.error.message}</p> : null}
      {trying.error ? <p className="notice bad">{trying.error.message}</p> : null}
      <div role="status" className="stack">
        {found ? <Found check={found} /> : null}
        {trying.data ? <Steps repair={trying.data} /> : null}
        {trying.data ? (
          <button className="button alarm" onClick={() => setAsking(true)}>
            Repair it for real
          </button>
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
        run={async (reason) => setDone(await repair(sale.id, reason, false))}
      />
    </section>
  );
}

function Found({ check: { verdict, why, compared, findings, findingsTotal } }: { check: Check }): ReactNode {
  const [kind, text] = VERDICTS[verdict];
  return (
    <div className="stack tight">
      <p>
        <span className={`pill ${kind}`}>{text}</span>
      </p>
      {why === null ? null : <p className="soft">{why}</p>}
      <p className="small soft">
        Compared: {countText(compared.units)} units, {countText(compared.holds)} holds with {countText(compared.rows)}{' '}
        rows, {countText(compared.soldUnits)} sold units.
      </p>
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

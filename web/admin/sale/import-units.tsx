import { useMutation } from '@tanstack/react-query';
import { type ReactNode, type SubmitEvent, useState } from 'react';
import { type Fault, ProblemError } from '../../client/problem-error.js';
import { countOf } from '../../look/amount.js';
import { Field } from '../../look/field.js';
import { api, queries } from '../server.js';
import type { Sku } from './sku-part.js';

const EXAMPLE = 'label,section,row,seat\nA-1,Stalls,A,1\nA-2,Stalls,A,2';

async function importCsv({ id, saleId }: Sku, csv: string, reason: string): Promise<void> {
  const params = { path: { skuId: id }, query: { reason } };
  // The list goes out as it is: the server names the line of each row that is wrong.
  const asText = { headers: { 'Content-Type': 'text/csv' }, bodySerializer: (): string => csv };
  await api.POST('/v1/admin/skus/{skuId}/units', { params, body: [], ...asText });
  await queries.invalidateQueries({ queryKey: ['skus', saleId] });
  await queries.invalidateQueries({ queryKey: ['sales'] });
}

/** A list of seats, from a file or as text: all of it or none, and every row that is wrong by its line. */
export function ImportUnits({ sku, onDone }: { sku: Sku; onDone: () => void }): ReactNode {
  const [csv, setCsv] = useState('');
  const [reason, setReason] = useState('');
  const importing = useMutation({ mutationFn: () => importCsv(sku, csv, reason.trim()), onSuccess: onDone });
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    importing.mutate();
  };
  return (
    <form className="stack import" onSubmit={submit} aria-label={`Import seats of ${sku.name}`}>
      <Field label="A CSV file" hint="with the columns label, section, row and seat; label is enough">
        <input
          type="file"
          accept=".csv,text/csv,text/plain"
          onChange={(event) => void event.target.files?.[0]?.text().then(setCsv)}
        />
      </Field>
      <Field label="Or the list itself">
        <textarea
          rows={6}
          required
          spellCheck={false}
          placeholder={EXAMPLE}
          value={csv}
          onChange={(e) => setCsv(e.target.value)}
        />
      </Field>
      <Field label="Reason, for the audit log">
        <input required maxLength={500} value={reason} onChange={(event) => setReason(event.target.value)} />
      </Field>
      {importing.error ? <BadRows error={importing.error} csv={csv} /> : null}
      <div className="row">
        <button className="button main" disabled={importing.isPending}>
          {importing.isPending ? 'Importing …' : 'Import them'}
        </button>
        <button type="button" className="button" onClick={onDone}>
          Leave it
        </button>
      </div>
    </form>
  );
}

/** Nothing was imported, and why: each row as it stands in the list. */
function BadRows({ error, csv }: { error: Error; csv: string }): ReactNode {
  const faults = error instanceof ProblemError ? error.faults : [];
  if (faults.length === 0)
    return (
      <p className="notice bad" role="alert">
        {error.message}
      </p>
    );
  const total = error instanceof ProblemError ? Number(error.members['errorsTotal'] ?? faults.length) : faults.length;
  const lines = csv.split('\n');
  return (
    <div className="notice bad stack" role="alert">
      <p>Nothing was imported: {countOf(total, 'thing is', 'things are')} wrong with the list.</p>
      <div className="scroll-x" tabIndex={0} role="region" aria-label="Rows that are wrong">
        <table className="table">
          <thead>
            <tr>
              <th>Where</th>
              <th>What</th>
              <th>The row</th>
            </tr>
          </thead>
          <tbody>
            {faults.map((fault) => (
              <tr key={fault.pointer + fault.detail}>
                <td>{fault.pointer}</td>
                <td>{fault.detail}</td>
                <td>
                  <code>{rowOf(fault, lines)}</code>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </div>
  );
}

function rowOf({ pointer }: Fault, lines: readonly string[]): string {
  const line = /^line (\d+)/.exec(pointer)?.[1];
  return line === undefined ? '' : (lines[Number(line) - 1] ?? '').trim();
}

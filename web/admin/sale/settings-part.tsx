import { useMutation } from '@tanstack/react-query';
import { type ReactNode, type SubmitEvent, useState } from 'react';
import { Field } from '../../look/field.js';
import { api, queries, type Sale } from '../server.js';
import { faultsOf } from './faults-of.js';
import { SaleFields } from './sale-fields.js';
import { changedOnly, valuesOf } from './sale-values.js';

/** The settings of a sale, to be changed while it goes on: what is held already keeps its deadline. */
export function SettingsPart({ sale }: { sale: Sale }): ReactNode {
  const before = valuesOf(sale);
  const [values, setValues] = useState(before);
  const [reason, setReason] = useState('');
  const saving = useMutation({
    mutationFn: async () => {
      const body = { ...changedOnly(before, values), reason: reason.trim() };
      await api.PATCH('/v1/admin/sales/{saleId}', { params: { path: { saleId: sale.id } }, body });
      await queries.invalidateQueries({ queryKey: ['sales'] });
    },
  });
  const isChanged = Object.keys(changedOnly(before, values)).length > 0;
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    saving.mutate();
  };
  return (
    <form className="part" onSubmit={submit}>
      <header>
        <h2>Settings</h2>
        {saving.isSuccess && !isChanged ? <span className="pill good">saved</span> : null}
      </header>
      <SaleFields
        {...{ values, onValues: setValues, faults: faultsOf(saving.error), disabled: sale.status === 'closed' }}
      />
      {saving.error ? <p className="notice bad">{saving.error.message}</p> : null}
      {isChanged ? (
        <div className="fields">
          <Field label="Reason, for the audit log">
            <input required maxLength={500} value={reason} onChange={(event) => setReason(event.target.value)} />
          </Field>
          <div className="row at-end">
            <button className="button main" disabled={saving.isPending}>
              Save
            </button>
            <button type="button" className="button" onClick={() => setValues(before)}>
              Undo
            </button>
          </div>
        </div>
      ) : null}
    </form>
  );
}

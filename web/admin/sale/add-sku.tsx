import { useMutation } from '@tanstack/react-query';
import { type ReactNode, type SubmitEvent, useState } from 'react';
import { amountStep, minorUnitsOf } from '../../look/amount.js';
import { Field } from '../../look/field.js';
import { api, queries } from '../server.js';
import { faultsOf } from './faults-of.js';

const EMPTY = { name: '', price: '', capacity: '' };

/** One more kind of unit, also while the sale is on. Without a capacity its units come as a list of seats. */
export function AddSku({ saleId, currency }: { saleId: string; currency: string }): ReactNode {
  const [values, setValues] = useState(EMPTY);
  const adding = useMutation({
    mutationFn: async () => {
      const { name, price, capacity } = values;
      const units = capacity === '' ? {} : { capacity: Number(capacity) };
      const body = { name: name.trim(), unitPrice: minorUnitsOf(price, currency), ...units };
      await api.POST('/v1/admin/sales/{saleId}/skus', { params: { path: { saleId } }, body });
      await queries.invalidateQueries({ queryKey: ['skus', saleId] });
      await queries.invalidateQueries({ queryKey: ['sales'] });
      setValues(EMPTY);
    },
  });
  const faults = faultsOf(adding.error);
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    adding.mutate();
  };
  return (
    <form className="stack" onSubmit={submit} aria-label="Add a SKU">
      <h3>Add a SKU</h3>
      <div className="fields">
        <Field label="Name of the SKU" fault={faults.get('/name')}>
          <input required value={values.name} onChange={(e) => setValues({ ...values, name: e.target.value })} />
        </Field>
        <Field label={`Price of one, in ${currency}`} fault={faults.get('/unitPrice')}>
          <input
            type="number"
            min={0}
            step={amountStep(currency)}
            required
            value={values.price}
            onChange={(e) => setValues({ ...values, price: e.target.value })}
          />
        </Field>
        <Field label="Units" hint="empty: seats, to be imported" fault={faults.get('/capacity')}>
          <input
            type="number"
            min={0}
            value={values.capacity}
            onChange={(e) => setValues({ ...values, capacity: e.target.value })}
          />
        </Field>
        <div className="row at-end">
          <button className="button" disabled={adding.isPending}>
            Add it
          </button>
        </div>
      </div>
      {adding.error && faults.size === 0 ? <p className="notice bad">{adding.error.message}</p> : null}
    </form>
  );
}

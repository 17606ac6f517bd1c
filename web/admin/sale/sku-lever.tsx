import { type ReactNode, useState } from 'react';
import { amountStep, amountText, minorUnitsOf } from '../../look/amount.js';
import { Field } from '../../look/field.js';
import { ReasonAsk } from '../../look/reason-ask.js';
import { api, queries } from '../server.js';
import type { Sku } from './sku-part.js';

export type SkuLeverName = 'capacity' | 'block' | 'unblock' | 'change' | 'remove';
type CapacityMode = 'now' | 'as_holds_end';

interface LeverParts {
  readonly sku: Sku;
  readonly currency: string;
  readonly lever: SkuLeverName | null;
  readonly onClose: () => void;
}

interface LeverValues {
  readonly capacity: string;
  readonly mode: CapacityMode;
  readonly units: string;
  readonly name: string;
  readonly price: string;
  readonly unitsPerCustomerMax: string;
}

const SAID: Record<SkuLeverName, { title: string; tells: string; action: string }> = {
  capacity: {
    title: 'Change the capacity',
    tells: 'Up: new units are on sale at once. Down: available ones go, the highest numbers first.',
    action: 'Change it',
  },
  block: {
    title: 'Block units',
    tells: 'They are kept back from sale: all that you name, or none.',
    action: 'Block them',
  },
  unblock: { title: 'Unblock units', tells: 'They go back on sale at once.', action: 'Unblock them' },
  change: { title: 'Change the SKU', tells: 'A new price counts for requests from now on.', action: 'Change it' },
  remove: {
    title: 'Take it out of the sale',
    tells: 'Only a SKU that nobody ever had a unit of can be taken out; bring the capacity of any other down.',
    action: 'Take it out',
  },
};

/** What is sent for a change of name, price and limit. */
function changeOf({ name, price, unitsPerCustomerMax }: LeverValues, currency: string) {
  return {
    ...{ name: name.trim(), unitPrice: minorUnitsOf(price, currency) },
    unitsPerCustomerMax: unitsPerCustomerMax === '' ? null : Number(unitsPerCustomerMax),
  };
}

interface Pulled extends Omit<LeverParts, 'lever' | 'onClose'> {
  readonly lever: SkuLeverName;
  readonly values: LeverValues;
  readonly reason: string;
}

async function pull({ sku: { id, saleId }, currency, lever, values, reason }: Pulled): Promise<void> {
  const params = { path: { skuId: id } };
  const units = values.units.split(/[\s,;]+/).filter((unit) => unit !== '');
  if (lever === 'capacity') {
    const body = { capacity: Number(values.capacity), mode: values.mode, reason };
    await api.POST('/v1/admin/skus/{skuId}/capacity', { params, body });
  }
  if (lever === 'block') await api.POST('/v1/admin/skus/{skuId}/block', { params, body: { units, reason } });
  if (lever === 'unblock') await api.POST('/v1/admin/skus/{skuId}/unblock', { params, body: { units, reason } });
  if (lever === 'change')
    await api.PATCH('/v1/admin/skus/{skuId}', { params, body: { ...changeOf(values, currency), reason } });
  if (lever === 'remove') await api.DELETE('/v1/admin/skus/{skuId}', { params: { ...params, query: { reason } } });
  await queries.invalidateQueries({ queryKey: ['skus', saleId] });
  await queries.invalidateQueries({ queryKey: ['sales'] });
}

/** What can be done to the units of a SKU. */
export function SkuLever({ sku, currency, lever, onClose }: LeverParts): ReactNode {
  const initial: LeverValues = {
    ...{ capacity: String(sku.capacity), mode: 'now', units: '' },
    ...{ name: sku.name, price: amountText(sku.unitPrice, currency) },
    unitsPerCustomerMax: sku.unitsPerCustomerMax === null ? '' : String(sku.unitsPerCustomerMax),
  };
  const [values, setValues] = useState(initial);
  const set = (part: Partial<LeverValues>): void => setValues({ ...values, ...part });
  const shown = lever ?? 'capacity';
  const close = (): void => {
    setValues(initial);
    onClose();
  };
  return (
    <ReasonAsk
      {...SAID[shown]}
      open={lever !== null}
      onClose={close}
      title={`${SAID[shown].title}: ${sku.name}`}
      alarming={shown === 'remove'}
      run={(reason) => pull({ sku, currency, lever: shown, values, reason })}
    >
      {shown === 'capacity' ? <CapacityFields values={values} set={set} /> : null}
      {shown === 'block' || shown === 'unblock' ? (
        <Field label="Units" hint="numbers or names, with commas between them">
          <textarea required value={values.units} onChange={(event) => set({ units: event.target.value })} />
        </Field>
      ) : null}
      {shown === 'change' ? <ChangeFields values={values} set={set} currency={currency} /> : null}
    </ReasonAsk>
  );
}

interface FieldParts {
  readonly values: LeverValues;
  readonly set: (part: Partial<LeverValues>) => void;
}

function CapacityFields({ values, set }: FieldParts): ReactNode {
  return (
    <>
      <Field label="Units that there are to be">
        <input
          type="number"
          min={0}
          required
          value={values.capacity}
          onChange={(e) => set({ capacity: e.target.value })}
        />
      </Field>
      <Field label="On the way down" hint="Now is refused where more than that are held, sold or blocked.">
        <select
          value={values.mode}
          onChange={(event) => set({ mode: event.target.value === 'now' ? 'now' : 'as_holds_end' })}
        >
          <option value="now">now, or not at all</option>
          <option value="as_holds_end">as far as possible now, the rest as holds end</option>
        </select>
      </Field>
    </>
  );
}

function ChangeFields({ values, set, currency }: FieldParts & { readonly currency: string }): ReactNode {
  return (
    <>
      <Field label="Name">
        <input required maxLength={200} value={values.name} onChange={(event) => set({ name: event.target.value })} />
      </Field>
      <div className="fields">
        <Field label={`Price of one, in ${currency}`}>
          <input
            {...{ type: 'number', min: 0, step: amountStep(currency), required: true, value: values.price }}
            onChange={(e) => set({ price: e.target.value })}
          />
        </Field>
        <Field label="At most for one customer" hint="empty: as many as the sale allows">
          <input
            {...{ type: 'number', min: 1, value: values.unitsPerCustomerMax }}
            onChange={(e) => set({ unitsPerCustomerMax: e.target.value })}
          />
        </Field>
      </div>
    </>
  );
}

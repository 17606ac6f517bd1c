import { type ReactNode, useState } from 'react';
import { Field } from '../../look/field.js';
import { ReasonAsk } from '../../look/reason-ask.js';
import { api, queries } from '../server.js';
import type { Sku } from './sku-part.js';

export type SkuLeverName = 'capacity' | 'block' | 'unblock' | 'change';
type CapacityMode = 'now' | 'as_holds_end';

interface LeverParts {
  readonly sku: Sku;
  readonly lever: SkuLeverName | null;
  readonly onClose: () => void;
}

interface LeverValues {
  readonly capacity: string;
  readonly mode: CapacityMode;
  readonly units: string;
  readonly name: string;
  readonly unitPrice: string;
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
};

async function pull({ id, saleId }: Sku, lever: SkuLeverName, values: LeverValues, reason: string): Promise<void> {
  const params = { path: { skuId: id } };
  const units = values.units.split(/[\s,;]+/).filter((unit) => unit !== '');
  if (lever === 'capacity') {
    const body = { capacity: Number(values.capacity), mode: values.mode, reason };
    await api.POST('/v1/admin/skus/{skuId}/capacity', { params, body });
  }
  if (lever === 'block') await api.POST('/v1/admin/skus/{skuId}/block', { params, body: { units, reason } });
  if (lever === 'unblock') await api.POST('/v1/admin/skus/{skuId}/unblock', { params, body: { units, reason } });
  if (lever === 'change') {
    const body = { name: values.name.trim(), unitPrice: Number(values.unitPrice), reason };
    await api.PATCH('/v1/admin/skus/{skuId}', { params, body });
  }
  await queries.invalidateQueries({ queryKey: ['skus', saleId] });
}

/** What can be done to the units of a SKU. */
export function SkuLever({ sku, lever, onClose }: LeverParts): ReactNode {
  const initial: LeverValues = {
    ...{ capacity: String(sku.capacity), mode: 'now', units: '', name: sku.name, unitPrice: String(sku.unitPrice) },
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
      run={(reason) => pull(sku, shown, values, reason)}
    >
      {shown === 'capacity' ? <CapacityFields values={values} set={set} /> : null}
      {shown === 'block' || shown === 'unblock' ? (
        <Field label="Units" hint="numbers or names, with commas between them">
          <textarea required value={values.units} onChange={(event) => set({ units: event.target.value })} />
        </Field>
      ) : null}
      {shown === 'change' ? (
        <>
          <Field label="Name">
            <input required value={values.name} onChange={(event) => set({ name: event.target.value })} />
          </Field>
          <Field label="Price" hint="in minor units: 4500 is 45.00">
            <input
              type="number"
              min={0}
              required
              value={values.unitPrice}
              onChange={(e) => set({ unitPrice: e.target.value })}
            />
          </Field>
        </>
      ) : null}
    </ReasonAsk>
  );
}

interface CapacityParts {
  readonly values: LeverValues;
  readonly set: (part: Partial<LeverValues>) => void;
}

function CapacityFields({ values, set }: CapacityParts): ReactNode {
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

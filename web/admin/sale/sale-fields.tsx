import type { ReactNode } from 'react';
import { Field } from '../../look/field.js';
import { zoneName } from '../../look/moment.js';
import type { SaleValues } from './sale-values.js';

interface FieldParts {
  readonly values: SaleValues;
  readonly onValues: (values: SaleValues) => void;
  /** What the API said of each member, by its pointer. */
  readonly faults: ReadonlyMap<string, string>;
  readonly disabled?: boolean;
  /** It is asked for elsewhere. */
  readonly withoutName?: boolean;
}

const NUMBERS = [
  ['holdTtlSeconds', 'A hold lasts', 'seconds', 5, 86_400],
  ['checkoutTtlSeconds', 'A payment may take', 'seconds', 30, 86_400],
  ['unitsPerCustomerMax', 'Units for one customer', 'empty: no limit', 1, 10_000],
  ['extensionsMax', 'Extensions of a hold', 'how often its customer may', 0, 10],
  ['extensionStepSeconds', 'One extension is', 'seconds', 5, 3_600],
] as const;

/** The settings of a sale. */
export function SaleFields({ values, onValues, faults, disabled = false, withoutName = false }: FieldParts): ReactNode {
  const set = (part: Partial<SaleValues>): void => onValues({ ...values, ...part });
  return (
    <fieldset className="fields" disabled={disabled}>
      {withoutName ? null : (
        <Field label="Name" wide fault={faults.get('/name')}>
          <input required maxLength={200} value={values.name} onChange={(e) => set({ name: e.target.value })} />
        </Field>
      )}
      {(['opensAt', 'closesAt'] as const).map((name) => (
        <Field
          key={name}
          label={name === 'opensAt' ? 'Opens by itself at' : 'Closes by itself at'}
          hint={`in ${zoneName()}; empty: by hand`}
          fault={faults.get(`/${name}`)}
        >
          <input type="datetime-local" value={values[name]} onChange={(e) => set({ [name]: e.target.value })} />
        </Field>
      ))}
      {NUMBERS.map(([name, label, hint, min, max]) => (
        <Field key={name} label={label} hint={hint} fault={faults.get(`/${name}`)}>
          <input
            type="number"
            {...{ min, max, value: values[name], required: name !== 'unitsPerCustomerMax' }}
            onChange={(e) => set({ [name]: e.target.value })}
          />
        </Field>
      ))}
      <Field label="A late payment" hint="one that comes after its window">
        <select
          value={values.latePayment}
          onChange={(e) => set({ latePayment: e.target.value === 'refuse' ? 'refuse' : 'rehold' })}
        >
          <option value="rehold">buys what is still free</option>
          <option value="refuse">is refused</option>
        </select>
      </Field>
    </fieldset>
  );
}

import type { ReactNode } from 'react';
import { amountStep, minorUnitsOf } from '../../look/amount.js';
import { Field } from '../../look/field.js';

export interface FirstSku {
  readonly name: string;
  readonly price: string;
  readonly capacity: string;
  readonly labels: string;
}

export const NEW_SKU: FirstSku = { name: 'General admission', price: '', capacity: '', labels: '' };

interface SkuBody {
  name: string;
  unitPrice: number;
  capacity?: number;
  units?: { label: string }[];
}

/** As the API takes it: named units where names are given, else so many equal ones. */
export function firstSkuOf({ name, price, capacity, labels }: FirstSku, currency: string): SkuBody {
  const sku = { name: name.trim(), unitPrice: minorUnitsOf(price, currency) };
  const units = labels
    .split(/[,;\n]/)
    .map((label) => ({ label: label.trim() }))
    .filter(({ label }) => label !== '');
  return units.length > 0 ? { ...sku, units } : { ...sku, capacity: Number(capacity) };
}

interface FieldParts {
  readonly values: FirstSku;
  readonly onValues: (values: FirstSku) => void;
  readonly currency: string;
  readonly faults: ReadonlyMap<string, string>;
}

/** What a sale sells first; more is added on its page, while it is a draft and while it is on. */
export function FirstSkuFields({ values, onValues, currency, faults }: FieldParts): ReactNode {
  const set = (part: Partial<FirstSku>): void => onValues({ ...values, ...part });
  const hasNames = values.labels.trim() !== '';
  return (
    <div className="fields">
      <Field label="What is sold" hint="more can be added afterwards" fault={faults.get('/skus/0/name')}>
        <input required maxLength={200} value={values.name} onChange={(e) => set({ name: e.target.value })} />
      </Field>
      <Field label={`Price of one, in ${currency}`} fault={faults.get('/skus/0/unitPrice')}>
        <input
          {...{ type: 'number', min: 0, step: amountStep(currency), required: true, value: values.price }}
          onChange={(e) => set({ price: e.target.value })}
        />
      </Field>
      <Field label="How many" fault={faults.get('/skus/0/capacity')}>
        <input
          {...{ type: 'number', min: 1, required: !hasNames, disabled: hasNames, value: values.capacity }}
          onChange={(e) => set({ capacity: e.target.value })}
        />
      </Field>
      <Field
        label="Or their names"
        hint="seats, say, with commas between them; a CSV list can be imported afterwards"
        fault={faults.get('/skus/0/units')}
      >
        <input placeholder="A-1, A-2, A-3" value={values.labels} onChange={(e) => set({ labels: e.target.value })} />
      </Field>
    </div>
  );
}

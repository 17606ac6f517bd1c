import type { ReactNode } from 'react';
import { Field } from '../../look/field.js';
import type { Sale } from '../server.js';
import { ALL_HOLDS, type Wanted } from './which-holds.js';

interface FilterParts {
  readonly sale: Sale;
  readonly wanted: Wanted;
  readonly onWanted: (wanted: Wanted) => void;
}

const STATUSES = ['held', 'checkout'] as const;

/** Which holds are looked at. */
export function HoldFilters({ sale, wanted, onWanted }: FilterParts): ReactNode {
  const set = (part: Partial<Wanted>): void => onWanted({ ...wanted, ...part });
  return (
    <div className="fields hold-filters" role="search">
      <Field label="Search">
        <input
          type="search"
          placeholder="customer, reservation or unit"
          value={wanted.text}
          onChange={(event) => set({ text: event.target.value.trimStart() })}
        />
      </Field>
      <Field label="SKU">
        <select value={wanted.skuId} onChange={(event) => set({ skuId: event.target.value })}>
          <option value="">every SKU</option>
          {sale.skus.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </select>
      </Field>
      <Field label="State">
        <select
          value={wanted.status}
          onChange={(event) =>
            set({ status: STATUSES.find((each) => each === event.target.value) ?? ALL_HOLDS.status })
          }
        >
          <option value="">held and paying</option>
          <option value="held">held</option>
          <option value="checkout">paying</option>
        </select>
      </Field>
      <Field label="Ends">
        <select value={wanted.within} onChange={(event) => set({ within: event.target.value })}>
          <option value="">at any time</option>
          <option value="60">within a minute</option>
          <option value="300">within 5 minutes</option>
        </select>
      </Field>
      <Field label="Held for">
        <select value={wanted.older} onChange={(event) => set({ older: event.target.value })}>
          <option value="">any time</option>
          <option value="300">more than 5 minutes</option>
          <option value="900">more than 15 minutes</option>
          <option value="3600">more than an hour</option>
        </select>
      </Field>
    </div>
  );
}

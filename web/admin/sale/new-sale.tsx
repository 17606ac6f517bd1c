import { useMutation } from '@tanstack/react-query';
import { type ReactNode, type SubmitEvent, useState } from 'react';
import { Field } from '../../look/field.js';
import { api, queries } from '../server.js';
import { faultsOf } from './faults-of.js';
import { FirstSkuFields, firstSkuOf, NEW_SKU } from './first-sku.js';
import { SaleFields } from './sale-fields.js';
import { NEW_VALUES, settingsOf } from './sale-values.js';

/** What a URL of the shop can end with, made of a name. */
const slugOf = (name: string): string =>
  name
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 80);

const isCurrency = (text: string): boolean => /^[a-z]{3}$/i.test(text);

interface NewSaleParts {
  readonly onMade: (saleId: string) => void;
  readonly onLeave: (() => void) | undefined;
}

/** A sale is made as a draft: nobody sees it until it is opened. */
export function NewSale({ onMade, onLeave }: NewSaleParts): ReactNode {
  const [values, setValues] = useState(NEW_VALUES);
  const [slug, setSlug] = useState<string | null>(null);
  const [currency, setCurrency] = useState('EUR');
  const [sku, setSku] = useState(NEW_SKU);
  const code = isCurrency(currency) ? currency.toUpperCase() : 'EUR';
  const shownSlug = slug ?? slugOf(values.name);
  const making = useMutation({
    mutationFn: async () => {
      const skus = [firstSkuOf(sku, code)];
      const body = { ...settingsOf(values), slug: shownSlug, currency: code, skus };
      const { data } = await api.POST('/v1/admin/sales', { body });
      await queries.invalidateQueries({ queryKey: ['sales'] });
      return data?.id ?? '';
    },
    onSuccess: onMade,
  });
  const faults = faultsOf(making.error);
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    making.mutate();
  };
  return (
    <form className="stack wide-gap" onSubmit={submit}>
      <header>
        <h1>{onLeave ? 'A new sale' : 'Make the first sale.'}</h1>
        <p className="soft">It begins as a draft: nobody sees it until you open it.</p>
      </header>
      <section className="part">
        <div className="fields">
          <Field label="Name" fault={faults.get('/name')}>
            <input
              {...{ required: true, maxLength: 200, autoFocus: true, value: values.name }}
              onChange={(event) => setValues({ ...values, name: event.target.value })}
            />
          </Field>
          <Field label="Slug" hint="for URLs; it never changes" fault={faults.get('/slug')}>
            <input required maxLength={80} value={shownSlug} onChange={(event) => setSlug(event.target.value)} />
          </Field>
          <Field label="Currency" hint="ISO 4217" fault={faults.get('/currency')}>
            <input
              {...{ required: true, minLength: 3, maxLength: 3, pattern: '[A-Za-z]{3}', value: currency }}
              onChange={(event) => setCurrency(event.target.value)}
            />
          </Field>
        </div>
        <FirstSkuFields values={sku} onValues={setSku} currency={code} faults={faults} />
        <details>
          <summary>When it opens, how long a hold lasts, limits</summary>
          <SaleFields withoutName values={values} onValues={setValues} faults={faults} />
        </details>
        {making.error ? <p className="notice bad">{making.error.message}</p> : null}
        <div className="row">
          <button className="button main" disabled={making.isPending}>
            Make the sale
          </button>
          {onLeave ? (
            <button type="button" className="button" onClick={onLeave}>
              Leave it
            </button>
          ) : null}
        </div>
      </section>
    </form>
  );
}

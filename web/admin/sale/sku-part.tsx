import { type ReactNode, useState } from 'react';
import type { Schemas } from '../../client/api-client.js';
import { moneyText } from '../../look/amount.js';
import { StockBar, StockFigures } from '../../look/stock-bar.js';
import { useLiveSale } from '../live/live-sale.js';
import { ImportUnits } from './import-units.js';
import { ReleaseLever } from './release-lever.js';
import { SkuLever, type SkuLeverName } from './sku-lever.js';
import './sale-page.css';

export type Sku = Schemas['SkuStockView'];

interface SkuParts {
  readonly sku: Sku;
  readonly currency: string;
  readonly isClosed: boolean;
}

const LEVERS = [
  ['capacity', 'Capacity'],
  ['block', 'Block'],
  ['unblock', 'Unblock'],
  ['change', 'Name and price'],
  ['remove', 'Remove'],
] as const;

/** A SKU with its stock, and what can be done with it while it is sold. */
export function SkuPart({ sku, currency, isClosed }: SkuParts): ReactNode {
  const [lever, setLever] = useState<SkuLeverName | null>(null);
  const [importing, setImporting] = useState(false);
  const [releasing, setReleasing] = useState(false);
  const { availability } = useLiveSale();
  const counts = availability?.skus.find(({ skuId }) => skuId === sku.id) ?? sku;
  const takesSeats = sku.labelled || counts.capacity === 0;
  return (
    <article className="sku" aria-label={sku.name}>
      <div className="row spread">
        <h3>
          {sku.name} <span className="soft">{moneyText(sku.unitPrice, currency)}</span>
        </h3>
        {isClosed ? null : (
          <div className="row">
            {LEVERS.filter(([name]) => name !== 'capacity' || !sku.labelled).map(([name, text]) => (
              <button key={name} className="button small" onClick={() => setLever(name)}>
                {text} …
              </button>
            ))}
            <button className="button small" onClick={() => setReleasing(true)}>
              Release schedule …
            </button>
            {takesSeats ? (
              <button className="button small" aria-expanded={importing} onClick={() => setImporting(!importing)}>
                Import seats …
              </button>
            ) : null}
          </div>
        )}
      </div>
      <StockBar counts={counts} label={sku.name} />
      <StockFigures counts={counts} />
      <p className="small soft">
        {sku.labelled ? 'Units with names' : 'Numbered units'}
        {sku.unitsPerCustomerMax === null ? '' : ` · at most ${sku.unitsPerCustomerMax} for one customer`}
        {sku.withheld > 0 ? ` · ${sku.withheld} of the blocked wait for a release` : ''}
        {sku.capacityTarget === null ? '' : ` · on its way down to ${sku.capacityTarget} as holds end`}
      </p>
      {importing ? <ImportUnits sku={sku} onDone={() => setImporting(false)} /> : null}
      <SkuLever sku={sku} currency={currency} lever={lever} onClose={() => setLever(null)} />
      <ReleaseLever sku={sku} open={releasing} onClose={() => setReleasing(false)} />
    </article>
  );
}

import { Menu, MenuButton, MenuButtonArrow, MenuItem, MenuProvider } from '@ariakit/react';
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

type Asked = SkuLeverName | 'import' | 'releases';

const NAMES: Record<Asked, string> = {
  ...{ capacity: 'Capacity', block: 'Block', unblock: 'Unblock', change: 'Name and price', remove: 'Take it out' },
  ...{ import: 'Import seats', releases: 'Release schedule' },
};

/** A SKU with its stock, and what can be done with it while it is sold. */
export function SkuPart({ sku, currency, isClosed }: SkuParts): ReactNode {
  const [asked, setAsked] = useState<Asked | null>(null);
  const { availability } = useLiveSale();
  const counts = availability?.skus.find(({ skuId }) => skuId === sku.id) ?? sku;
  const lever = asked === 'import' || asked === 'releases' ? null : asked;
  const close = (): void => setAsked(null);
  return (
    <article className="sku" aria-label={sku.name}>
      <div className="row spread">
        <h3>
          {sku.name} <span className="soft">{moneyText(sku.unitPrice, currency)}</span>
        </h3>
        {isClosed ? null : <Levers sku={sku} isEmpty={counts.capacity === 0} onAsk={setAsked} />}
      </div>
      <StockBar counts={counts} label={sku.name} />
      <StockFigures counts={counts} />
      <p className="small soft">
        {sku.labelled ? 'Units with names' : 'Numbered units'}
        {sku.unitsPerCustomerMax === null ? '' : ` · at most ${sku.unitsPerCustomerMax} for one customer`}
        {sku.withheld > 0 ? ` · ${sku.withheld} of the blocked wait for a release` : ''}
        {sku.capacityTarget === null ? '' : ` · on its way down to ${sku.capacityTarget} as holds end`}
      </p>
      {asked === 'import' ? <ImportUnits sku={sku} onDone={close} /> : null}
      <SkuLever sku={sku} currency={currency} lever={lever} onClose={close} />
      <ReleaseLever sku={sku} open={asked === 'releases'} onClose={close} />
    </article>
  );
}

interface LeversParts {
  readonly sku: Sku;
  readonly isEmpty: boolean;
  readonly onAsk: (asked: Asked) => void;
}

/** What is done in a hurry stands here, the rest in a menu. */
function Levers({ sku, isEmpty, onAsk }: LeversParts): ReactNode {
  const first: readonly Asked[] = sku.labelled ? ['import', 'block', 'unblock'] : ['capacity', 'block', 'unblock'];
  const more: readonly Asked[] = [
    'change',
    'releases',
    ...(isEmpty && !sku.labelled ? (['import'] as const) : []),
    'remove',
  ];
  return (
    <div className="row">
      {first.map((name) => (
        <button key={name} className="button small" onClick={() => onAsk(name)}>
          {NAMES[name]} …
        </button>
      ))}
      <MenuProvider placement="bottom-end">
        <MenuButton className="button small">
          More <span className="unseen">for {sku.name}</span>
          <MenuButtonArrow />
        </MenuButton>
        <Menu className="menu" gutter={4} portal unmountOnHide>
          {more.map((name) => (
            <MenuItem key={name} className="menu-item" onClick={() => onAsk(name)}>
              {NAMES[name]} …
            </MenuItem>
          ))}
        </Menu>
      </MenuProvider>
    </div>
  );
}

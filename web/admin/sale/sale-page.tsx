import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useEffect, useState } from 'react';
import { useLocation } from 'wouter';
import { ReasonAsk } from '../../look/reason-ask.js';
import { pathTo } from '../frame/places.js';
import { useLiveSale } from '../live/live-sale.js';
import { Reading } from '../live/reading.js';
import { api, queries, type Sale } from '../server.js';
import { StatusPill } from '../tonight/status-pill.js';
import { AddSku } from './add-sku.js';
import { commandSale, type SaleCommand } from './command-sale.js';
import { NewSale } from './new-sale.js';
import { SettingsPart } from './settings-part.js';
import { type Sku, SkuPart } from './sku-part.js';

async function readSkus(saleId: string): Promise<readonly Sku[]> {
  const { data } = await api.GET('/v1/admin/sales/{saleId}/skus', { params: { path: { saleId } } });
  return data?.items ?? [];
}

const COMMANDS: Record<SaleCommand, { name: string; tells: string }> = {
  open: {
    name: 'Open',
    tells: 'It is on sale from now on; with an opening time that lies ahead it is scheduled for then.',
  },
  pause: { name: 'Pause', tells: 'Nobody can reserve until it is resumed. What is held may be paid for.' },
  resume: { name: 'Resume', tells: 'Reservations are taken again, at once.' },
  close: { name: 'Close', tells: 'No reservation is ever taken again. What is held may still be paid for.' },
};
const POSSIBLE: Record<Sale['status'], readonly SaleCommand[]> = {
  draft: ['open'],
  scheduled: ['close'],
  open: ['pause', 'close'],
  paused: ['resume', 'close'],
  closed: [],
};

/** A sale and everything that can be changed about it; and the way to a new one. */
export function SalePage({ sale }: { sale: Sale | null }): ReactNode {
  const [making, setMaking] = useState(false);
  const [, navigate] = useLocation();
  const made = (id: string): void => {
    setMaking(false);
    navigate(pathTo('sale', id));
  };
  if (sale === null || making)
    return <NewSale onMade={made} onLeave={sale === null ? undefined : () => setMaking(false)} />;
  return <OneSale sale={sale} onNew={() => setMaking(true)} />;
}

function OneSale({ sale, onNew }: { sale: Sale; onNew: () => void }): ReactNode {
  const [asking, setAsking] = useState<SaleCommand | null>(null);
  const skus = useQuery({ queryKey: ['skus', sale.id], queryFn: () => readSkus(sale.id) });
  const { availability } = useLiveSale();
  // Counts come with the stream; what else a SKU has is asked for again when somebody changed what there is.
  const supply = availability?.skus.map(({ skuId, capacity, blocked }) => `${skuId} ${capacity} ${blocked}`).join();
  useEffect(() => void queries.invalidateQueries({ queryKey: ['skus', sale.id] }), [supply, sale.id]);
  const shown = asking ?? 'open';
  return (
    <div className="stack wide-gap">
      <header className="row spread">
        <div className="stack tight">
          <h1>{sale.name}</h1>
          <p className="row soft">
            <StatusPill status={sale.status} />
            <span>
              <span className="id">{sale.slug}</span> · <span className="id">{sale.id}</span>
            </span>
          </p>
        </div>
        <div className="row">
          {POSSIBLE[sale.status].map((command) => (
            <button
              key={command}
              className={`button ${command === 'open' || command === 'resume' ? 'main' : ''}`}
              onClick={() => setAsking(command)}
            >
              {COMMANDS[command].name}
            </button>
          ))}
          <button className="button" onClick={onNew}>
            New sale
          </button>
        </div>
      </header>
      <section className="part">
        <header>
          <h2>What there is to sell</h2>
        </header>
        <Reading of={skus} />
        {skus.data?.length === 0 ? (
          <p className="notice">Nothing yet. Add a SKU below, a kind of unit at one price; then open the sale.</p>
        ) : null}
        {skus.data?.map((sku) => (
          <SkuPart key={sku.id} sku={sku} currency={sale.currency} isClosed={sale.status === 'closed'} />
        ))}
        {sale.status === 'closed' ? null : <AddSku saleId={sale.id} currency={sale.currency} />}
      </section>
      <SettingsPart key={sale.revision} sale={sale} />
      <ReasonAsk
        open={asking !== null}
        onClose={() => setAsking(null)}
        title={`${COMMANDS[shown].name} ${sale.name}?`}
        tells={COMMANDS[shown].tells}
        action={COMMANDS[shown].name}
        alarming={shown === 'close'}
        run={(reason) => commandSale(sale.id, shown, reason)}
      />
    </div>
  );
}

import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { moneyText } from '../../look/amount.js';
import { countdownText, Moment } from '../../look/moment.js';
import { StockBar, StockFigures, sumOf } from '../../look/stock-bar.js';
import { useClock } from '../live/use-clock.js';
import { useLiveSale } from '../live/live-sale.js';
import { pathTo } from '../frame/places.js';
import type { Sale } from '../server.js';
import { useStats } from '../live/use-stats.js';
import { ForecastPart } from './forecast.js';
import { HealthPart } from './health.js';
import { PauseButton } from './pause-button.js';
import { RatesPart } from './rates.js';
import { StatusPill } from './status-pill.js';
import './tonight-page.css';

/** A sale at a glance: made to be read from two metres away. */
export function TonightPage({ sale: known }: { sale: Sale }): ReactNode {
  const { availability, sale: live } = useLiveSale();
  const sale = { ...known, ...live };
  const counts = availability?.skus ?? [];
  const stats = useStats(known);
  return (
    <div className="tonight">
      <header className="row spread">
        <div className="stack tight">
          <h1>{sale.name}</h1>
          <p className="row">
            <StatusPill status={sale.status} />
            <Schedule sale={sale} />
          </p>
        </div>
        <PauseButton sale={sale} />
      </header>
      {counts.length === 0 ? null : (
        <section className="total" aria-label="All of it">
          <StockBar counts={sumOf(counts)} label="All of it" />
          <StockFigures counts={sumOf(counts)} />
        </section>
      )}
      {stats ? <HealthPart stats={stats} /> : null}
      <section className="part">
        <header>
          <h2>What there is to sell</h2>
          {availability?.stale === true ? <span className="pill caution">as it was known last</span> : null}
        </header>
        <ul className="skus">
          {counts.map((sku) => {
            const { name = sku.skuId, unitPrice = 0 } = sale.skus.find(({ id }) => id === sku.skuId) ?? {};
            return (
              <li key={sku.skuId}>
                <div className="row spread">
                  <h3>{name}</h3>
                  <span className="row">
                    <StockStatePill state={sku.state} />
                    <span className="soft">{moneyText(unitPrice, sale.currency)}</span>
                  </span>
                </div>
                <StockBar counts={sku} label={name} />
                <StockFigures counts={sku} />
              </li>
            );
          })}
        </ul>
      </section>
      {counts.length === 0 ? <NothingLive status={sale.status} saleId={sale.id} /> : null}
      {stats?.sale ? (
        <div className="halves">
          <RatesPart rates={stats.sale.rates} asOf={stats.asOf} />
          <ForecastPart figures={stats.sale.holds} saleId={sale.id} unitsNow={unitsHeld(counts)} />
        </div>
      ) : null}
    </div>
  );
}

const unitsHeld = (counts: readonly { readonly held: number; readonly checkout: number }[]): number =>
  counts.reduce((sum, { held, checkout }) => sum + held + checkout, 0);

function NothingLive({ status, saleId }: { status: Status; saleId: string }): ReactNode {
  if (status !== 'draft') return <p className="soft">Reading what there is …</p>;
  return (
    <div className="empty">
      <p>It is a draft: nobody sees it, and nothing of it can be reserved. When all is set, open it.</p>
      <Link className="button main" href={pathTo('sale', saleId)}>
        To the sale
      </Link>
    </div>
  );
}

type Status = Sale['status'];
const STOCK_SAID = {
  available: null,
  all_held: ['caution', 'all held'],
  sold_out: ['still', 'sold out'],
} as const;

function StockStatePill({ state }: { state: keyof typeof STOCK_SAID }): ReactNode {
  const said = STOCK_SAID[state];
  return said ? <span className={`pill ${said[0]}`}>{said[1]}</span> : null;
}

/** When it opens or closes, and how long that is from now. */
function Schedule({
  sale: { status, opensAt, closesAt },
}: {
  sale: Pick<Sale, 'status' | 'opensAt' | 'closesAt'>;
}): ReactNode {
  const now = useClock();
  const [word, at] =
    status === 'scheduled' ? ['opens', opensAt] : status === 'closed' ? ['closed', closesAt] : ['closes', closesAt];
  if (at === null) return null;
  const left = Date.parse(at) - now;
  return (
    <span className="soft">
      {word} <Moment at={at} />
      {left > 0 ? <> · in {countdownText(left)}</> : null}
    </span>
  );
}

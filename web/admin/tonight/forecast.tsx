import type { ReactNode } from 'react';
import { Link } from 'wouter';
import type { Schemas } from '../../client/api-client.js';
import { countOf, countText } from '../../look/amount.js';
import { Chart } from '../../look/chart.js';
import { pathTo } from '../frame/places.js';

type Figures = Schemas['HoldFigures'];

/** Which units come back when, if nobody pays for them; and who holds most. */
export function ForecastPart({ figures, saleId }: { figures: Figures | null; saleId: string }): ReactNode {
  return (
    <section className="part">
      <header>
        <h2>What comes back, and when</h2>
        <Link className="small" href={pathTo('holds', saleId)}>
          Every hold
        </Link>
      </header>
      {figures === null ? <p className="soft">Postgres is out of reach: nothing is known of the holds now.</p> : null}
      {figures?.live === 0 ? (
        <p className="soft">Nothing is held now. A hold shows here with the minute in which it would come back.</p>
      ) : null}
      {figures && figures.live > 0 ? <Forecast figures={figures} saleId={saleId} /> : null}
      {figures ? <Outcome figures={figures} /> : null}
    </section>
  );
}

interface ForecastParts {
  readonly figures: Figures;
  readonly saleId: string;
}

function Forecast({ figures, saleId }: ForecastParts): ReactNode {
  const { expiryForecast, live, liveUnits, topHolders } = figures;
  const steps = expiryForecast.filter(({ toSeconds }) => toSeconds !== null);
  const minute = (seconds: number): string => `${Math.round(seconds / 60)} min`;
  const [first] = topHolders;
  return (
    <>
      <Chart
        label={`${countOf(live, 'hold')} with ${countOf(liveUnits, 'unit')}, by the time at which they end`}
        places={steps.map(({ fromSeconds }) => fromSeconds)}
        placeText={minute}
        steps={[60, 120, 300, 600, 1_800, 3_600, 14_400]}
        lines={[
          {
            name: 'in checkout',
            colour: '--checkout',
            bars: true,
            values: steps.map((s) => s.units + s.checkoutUnits),
          },
          { name: 'held', colour: '--held', bars: true, values: steps.map(({ units }) => units) },
        ]}
      />
      {first ? (
        <p className="small soft">
          Most is held by{' '}
          <Link className="id" href={`${pathTo('holds', saleId)}?customer=${encodeURIComponent(first.customerId)}`}>
            {first.customerId}
          </Link>
          : {countOf(first.units, 'unit')} in {countOf(first.holds, 'hold')}.
        </p>
      ) : null}
    </>
  );
}

function Outcome({ figures: { outcomes } }: { figures: Figures }): ReactNode {
  const { holdToOrderRatio, ordered, expired, released } = outcomes;
  if (holdToOrderRatio === null) return null;
  return (
    <p>
      <strong className="figure">{Math.round(holdToOrderRatio * 100)} %</strong> of the holds that are over became
      orders: {countText(ordered)} ordered, {countText(expired)} expired, {countText(released)} given back.
    </p>
  );
}

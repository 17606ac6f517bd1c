import type { ReactNode } from 'react';
import { Link } from 'wouter';
import type { Schemas } from '../../client/api-client.js';
import { countOf, countText } from '../../look/amount.js';
import { Chart } from '../../look/chart.js';
import { pathTo } from '../frame/places.js';
import { AsOf } from '../live/as-of.js';

type Figures = Schemas['HoldFigures'];

interface PartParts {
  readonly figures: Figures | null;
  readonly saleId: string;
  /** Held and in checkout, by the counts, which are newer than the figures. */
  readonly unitsNow: number;
}

/** Which units come back when, if nobody pays for them; and who holds most. */
export function ForecastPart({ figures, saleId, unitsNow }: PartParts): ReactNode {
  return (
    <section className="part">
      <header>
        <h2>What comes back, and when</h2>
        <span className="row">
          {figures ? <AsOf at={figures.asOf} /> : null}
          <Link className="small" href={pathTo('holds', saleId)}>
            Every hold
          </Link>
        </span>
      </header>
      {figures === null ? <p className="soft">Postgres is out of reach: nothing is known of the holds now.</p> : null}
      {figures?.live === 0 ? (
        <p className="soft">
          {unitsNow > 0
            ? 'What is held now is newer than these figures, or just about to end: the next ones tell.'
            : 'Nothing is held now. A hold shows here with the minute in which it would come back.'}
        </p>
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

/** The steps of short holds end between two minutes. */
const spanText = (seconds: number): string => (seconds % 60 === 0 ? `${seconds / 60} min` : `${seconds} s`);

function Forecast({ figures, saleId }: ForecastParts): ReactNode {
  const { expiryForecast, live, liveUnits, topHolders } = figures;
  const steps = expiryForecast.filter(({ toSeconds }) => toSeconds !== null);
  const later = expiryForecast.find(({ toSeconds }) => toSeconds === null);
  const unitsLater = later ? later.units + later.checkoutUnits : 0;
  const [first] = topHolders;
  return (
    <>
      <Chart
        label={`${countOf(live, 'hold')} with ${countOf(liveUnits, 'unit')}, by the time at which they end`}
        places={steps.map(({ fromSeconds }) => fromSeconds)}
        placeText={(seconds) => (seconds === 0 ? 'now' : spanText(seconds))}
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
      {later && unitsLater > 0 ? (
        <p className="small soft">
          Beyond what is drawn: {countOf(unitsLater, 'unit')}, in more than {spanText(later.fromSeconds)}.
        </p>
      ) : null}
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

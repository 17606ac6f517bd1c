import type { ReactNode } from 'react';
import type { Schemas } from '../../client/api-client.js';
import { countText, rateText } from '../../look/amount.js';
import { Chart } from '../../look/chart.js';
import { AsOf } from '../live/as-of.js';

type Rates = Schemas['RatesOfSale'];

const SHOWN = [
  ['requests', 'Requests'],
  ['holds', 'Holds'],
  ['confirms', 'Orders'],
  ['releases', 'Released'],
  ['expiries', 'Expired'],
  ['refusals', 'Refused'],
] as const;

/** What happens in a second, now and in the minute before. */
export function RatesPart({ rates, asOf }: { rates: Rates | null; asOf: string }): ReactNode {
  return (
    <section className="part">
      <header>
        <h2>The last minute</h2>
        <span className="row">
          <AsOf at={asOf} />
          <span className="small soft">per second</span>
        </span>
      </header>
      {rates === null ? (
        <p className="soft">Redis is out of reach: nothing is counted now.</p>
      ) : (
        <>
          <dl className="rates">
            {SHOWN.map(([key, name]) => (
              <div key={key}>
                <dt>{name}</dt>
                <dd>{rateText(rates[key].perSecond)}</dd>
                <dd className="small soft">{countText(rates[key].lastMinute)} in all</dd>
              </div>
            ))}
          </dl>
          <Chart
            label={`In the last minute ${rates.holds.lastMinute} holds and ${rates.confirms.lastMinute} orders were made`}
            places={rates.holds.series.map((_value, at) => at - rates.holds.series.length + 1)}
            placeText={(place) => (place === 0 ? 'now' : `${place} s`)}
            lines={[
              { name: 'holds', colour: '--held', values: rates.holds.series },
              { name: 'orders', colour: '--sold', values: rates.confirms.series },
              { name: 'expired', colour: '--alarm', values: rates.expiries.series },
            ]}
          />
          {rates.refusalsByCode.length === 0 ? null : (
            <p className="small soft">
              Refused:{' '}
              {rates.refusalsByCode
                .slice(0, 4)
                .map(({ code, lastMinute }) => `${code} ${countText(lastMinute)}`)
                .join(' · ')}
            </p>
          )}
        </>
      )}
    </section>
  );
}

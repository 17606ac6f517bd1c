import type { ReactNode } from 'react';

interface SeatMapParts {
  readonly plan: readonly (readonly string[])[];
  readonly chosen: readonly string[];
  /** Those that somebody else was found to have. */
  readonly taken: ReadonlySet<string>;
  readonly off: boolean;
  readonly onChoose: (seat: string) => void;
}

/** The hall from above. Each place is a button that says its name and whether it is chosen. */
export function SeatMap({ plan, chosen, taken, off, onChoose }: SeatMapParts): ReactNode {
  return (
    <div className="seat-map" role="group" aria-label="Choose places">
      <p className="stage" aria-hidden="true">
        stage
      </p>
      {plan.map((row) => (
        <div className="seat-row" key={row[0]}>
          <span className="seat-row-name" aria-hidden="true">
            {row[0]?.split('-')[0]}
          </span>
          {row.map((seat) => (
            <button
              key={seat}
              className="seat"
              aria-label={taken.has(seat) ? `${seat}, taken` : seat}
              aria-pressed={chosen.includes(seat)}
              disabled={off || taken.has(seat)}
              onClick={() => onChoose(seat)}
            >
              {seat.split('-')[1]}
            </button>
          ))}
        </div>
      ))}
    </div>
  );
}

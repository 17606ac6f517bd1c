import { type ReactNode, useState } from 'react';
import { ReasonAsk } from '../../look/reason-ask.js';
import { commandSale, type SaleCommand } from '../sale/command-sale.js';
import type { Sale } from '../server.js';

type Lever = Extract<SaleCommand, 'pause' | 'resume'>;

const SAID: Record<Lever, { name: string; title: string; tells: string }> = {
  pause: {
    name: 'Pause the sale',
    title: 'Pause the sale?',
    tells: 'Nobody can reserve until it is resumed. Who holds units keeps them, and may pay; deadlines go on.',
  },
  resume: { name: 'Resume the sale', title: 'Resume the sale?', tells: 'Reservations are taken again, at once.' },
};

/** The lever that must be found in a hurry, and must not be pulled by accident. */
export function PauseButton({ sale: { id, status } }: { sale: Pick<Sale, 'id' | 'status'> }): ReactNode {
  const [asking, setAsking] = useState<Lever | null>(null);
  const lever = status === 'open' ? 'pause' : status === 'paused' ? 'resume' : null;
  if (lever === null && asking === null) return null;
  const shown = asking ?? lever ?? 'pause';
  return (
    <>
      {lever === null ? null : (
        <button className={`button big ${lever === 'pause' ? 'alarm' : 'main'}`} onClick={() => setAsking(lever)}>
          {SAID[lever].name}
        </button>
      )}
      <ReasonAsk
        open={asking !== null}
        onClose={() => setAsking(null)}
        title={SAID[shown].title}
        tells={SAID[shown].tells}
        action={SAID[shown].name}
        alarming={shown === 'pause'}
        run={(reason) => commandSale(id, shown, reason)}
      />
    </>
  );
}

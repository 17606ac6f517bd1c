import type { Sale } from '@holdfast/client/follow-sale';
import type { ReactNode } from 'react';
import { moneyText } from '../look/amount.js';
import { lineText } from './words.js';

interface LinesParts {
  readonly sale: Sale;
  readonly lines: readonly {
    readonly skuId: string;
    readonly quantity: number;
    readonly units: readonly string[];
    readonly unitPrice: number;
  }[];
  readonly total: number;
  readonly currency: string;
}

/** What somebody has, or wants, line by line, and what it comes to. */
export function Lines({ sale, lines, total, currency }: LinesParts): ReactNode {
  return (
    <dl className="lines">
      {lines.map(({ skuId, quantity, units, unitPrice }, place) => (
        <div key={place}>
          <dt>{lineText(sale, skuId, units, quantity)}</dt>
          <dd>{moneyText(quantity * unitPrice, currency)}</dd>
        </div>
      ))}
      <div className="lines-total">
        <dt>Total</dt>
        <dd>{moneyText(total, currency)}</dd>
      </div>
    </dl>
  );
}

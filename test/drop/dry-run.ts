import { arrivalsOf, busiestSecond } from './arrivals.js';
import { PERSONAS } from './personas/all-personas.js';
import { type CartLinePlan, type CartPlan, type Plan, unitCount, unitsOf } from './plan.js';

const COLUMNS = 60;
const ROWS = ' ▁▂▃▄▅▆▇█';
const n = (count: number): string => count.toLocaleString('en');

/** What a plan would send, in words and a small picture. */
export function describePlan(plan: Plan, generators: number): string[] {
  const { sale } = plan;
  const arrivals = arrivalsOf(plan);
  return [
    `${plan.name}: ${n(plan.buyers)} buyers for ${n(unitsOf(plan))} units, seed ${plan.seed}`,
    '',
    `Arrivals, ${plan.shape} over ${plan.overSeconds} s, ${n(busiestSecond(arrivals))} in the busiest second, from ${generators} generator${generators > 1 ? 's' : ''}`,
    `  ${pictureOf(arrivals, plan.overSeconds)}`,
    '',
    'Who comes',
    ...sharesOf(PERSONAS.map(({ name, does }) => ({ what: name.padEnd(13) + does, share: plan.personas[name] ?? 0 }))),
    '',
    'What they want',
    ...sharesOf(plan.carts.map((cart) => ({ what: cartInWords(cart), share: cart.share }))),
    '',
    'What there is: POST /v1/admin/sales',
    ...plan.skus.map((sku) => {
      const units =
        typeof sku.units === 'number'
          ? ''
          : `, by name: ${sku.units.slice(0, 3).join(', ')}${sku.units.length > 3 ? ' …' : ''}`;
      return `  ${n(unitCount(sku)).padStart(9)}  ${sku.name}${units}`;
    }),
    `  holds last ${sale.holdTtlSeconds} s and may be extended ${sale.extensionsMax} times by ${sale.extensionStepSeconds} s, payments ${sale.checkoutTtlSeconds} s`,
    `  ${sale.unitsPerCustomerMax === null ? 'no limit for a customer' : `${sale.unitsPerCustomerMax} units for a customer at most`}, late payments: ${sale.latePayment}`,
    '',
    `How: ${plan.callers === 'storefront' ? 'a storefront with its key names each buyer' : 'each buyer with a token, payments by the storefront'}`,
    '  POST /v1/sales/{id}/reservations, GET, POST …/extend, …/checkout, …/confirm, DELETE; at the end each reservation is read,',
    '  every order listed, and GET /v1/admin/ledger/check asked',
    `Leftovers: ${plan.leftovers === 'run-out' ? 'what is still held runs out' : 'what is still held is given back'}`,
  ];
}

function sharesOf(rows: readonly { what: string; share: number }[]): string[] {
  const total = rows.reduce((sum, { share }) => sum + share, 0);
  return rows.filter(({ share }) => share > 0).map(({ what, share }) => `  ${percent(share / total)}  ${what}`);
}

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`.padStart(9);

export function cartInWords({ lines, mode }: CartPlan): string {
  const words = lines.map(({ sku, named, from, to }: CartLinePlan) => {
    const many = from === to ? String(from) : `${from} to ${to}`;
    return `${many} ${named ? 'chosen ones of' : 'of'} ${sku}`;
  });
  return `${words.join(' and ')}${mode === 'partial' ? ', or what can be had' : ''}`;
}

function pictureOf(arrivals: Float64Array, overSeconds: number): string {
  const counts = Array.from({ length: COLUMNS }, () => 0);
  for (const at of arrivals) {
    const column = Math.min(COLUMNS - 1, Math.floor((at / (overSeconds * 1_000)) * COLUMNS));
    counts[column] = (counts[column] ?? 0) + 1;
  }
  const most = Math.max(1, ...counts);
  return counts.map((count) => ROWS[Math.ceil((count / most) * (ROWS.length - 1))]).join('');
}

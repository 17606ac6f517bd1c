import { USUAL_SHARES, usualCarts, venueOf } from './default-plan.js';
import { checkPlanFile, type PlanFile, PlanRefused } from './plan-file.js';
import type { CartPlan, Plan, SaleTerms, SkuPlan } from './plan.js';

const OVER_SECONDS = { min: 0.5, max: 6 * 3_600 };
/** Holds that run out sooner than this are waited for; of longer ones nobody wants to wait for the end. */
const PATIENCE_SECONDS = 120;
const UNIT_SECONDS: Record<string, number> = { ms: 0.001, s: 1, m: 60, h: 3_600 };
const BUYERS = 50_000;
const UNITS_PER_CUSTOMER_MAX = 4;

/** The whole plan of what was given; the rest is as usual. Throws PlanRefused. */
export function readPlan(given: unknown): Plan {
  const file = checkPlanFile(given);
  const buyers = file.buyers ?? BUYERS;
  const overSeconds = secondsOf(file.over ?? '30s');
  const skus = skusOf(file, buyers);
  const sale = termsOf(file, overSeconds);
  const plan: Plan = {
    ...{ name: file.name ?? 'Rehearsal', buyers, overSeconds, skus, sale },
    ...{
      shape: file.shape ?? 'spike',
      seed: file.seed ?? 1,
      pace: file.pace ?? 1,
      callers: file.callers ?? 'storefront',
    },
    personas: file.personas ?? USUAL_SHARES,
    carts: file.carts ? cartsOf(file.carts) : usualCarts(skus),
    leftovers: file.leftovers ?? (longestSeconds(sale) <= PATIENCE_SECONDS ? 'run-out' : 'give-back'),
  };
  const faults = [...faultsOfFile(file), ...faultsOf(plan)];
  if (faults.length > 0) throw new PlanRefused(faults);
  return plan;
}

/** '30s', '2m', '1.5h', '800ms', or seconds. */
export function secondsOf(text: string | number): number {
  const [, number = '', unit = 's'] = /^(\d+(?:\.\d+)?)\s*(ms|s|m|h)?$/.exec(String(text).trim()) ?? [];
  const seconds = Number(number) * (UNIT_SECONDS[unit] ?? 1);
  if (number !== '' && seconds >= OVER_SECONDS.min && seconds <= OVER_SECONDS.max) return seconds;
  throw new PlanRefused([`/over must be a duration from 500ms to 6h, such as 30s or 2m; it is ${String(text)}`]);
}

function skusOf({ skus, units, stock = 'scarce' }: PlanFile, buyers: number): SkuPlan[] {
  if (skus)
    return skus.map(({ unitPrice = 4_500, unitsPerCustomerMax = null, ...sku }) => ({
      ...{ ...sku, unitPrice, unitsPerCustomerMax },
    }));
  const usual = stock === 'scarce' ? Math.max(1, Math.round(buyers / 100)) : Math.min(1_000_000, buyers * 4);
  return venueOf(units ?? usual);
}

function termsOf({ sale = {} }: PlanFile, overSeconds: number): SaleTerms {
  // Holds that end within the rehearsal are sold again within it, as on a long night.
  const holdTtlSeconds = Math.min(60, Math.max(5, Math.round(overSeconds / 3)));
  return {
    ...{ holdTtlSeconds, checkoutTtlSeconds: 30, queueTimeoutSeconds: 30, extensionsMax: 1, extensionStepSeconds: 5 },
    ...{ unitsPerCustomerMax: UNITS_PER_CUSTOMER_MAX, latePayment: 'rehold' },
    ...sale,
  };
}

function cartsOf(carts: NonNullable<PlanFile['carts']>): CartPlan[] {
  return carts.map(({ share, mode = 'all', lines }) => ({
    ...{ share, mode },
    lines: lines.map(({ sku, quantity, named }) => {
      const wanted = named ?? quantity ?? 1;
      const [from, to] = typeof wanted === 'number' ? [wanted, wanted] : wanted;
      return { sku, named: named !== undefined, from, to };
    }),
  }));
}

export const longestSeconds = (sale: SaleTerms): number =>
  sale.holdTtlSeconds + sale.extensionsMax * sale.extensionStepSeconds + sale.checkoutTtlSeconds;

function faultsOfFile({ units, stock, skus, carts }: PlanFile): string[] {
  const faults: string[] = [];
  if (skus && units !== undefined) faults.push('/units goes without /skus: those say how many units there are');
  if (stock && (skus ?? units) !== undefined) faults.push('/stock goes without /units and /skus');
  for (const [i, { lines }] of (carts ?? []).entries())
    for (const [j, { quantity, named }] of lines.entries())
      if (quantity !== undefined && named !== undefined)
        faults.push(`/carts/${i}/lines/${j} has quantity and named; a line is one or the other`);
  return faults;
}

function faultsOf({ skus, carts, personas }: Plan): string[] {
  const faults: string[] = [];
  const names = skus.map(({ name }) => name);
  for (const [i, name] of names.entries())
    if (names.indexOf(name) !== i) faults.push(`/skus/${i}/name ${name} is there twice`);
  for (const [i, { units }] of skus.entries())
    if (typeof units !== 'number' && new Set(units).size < units.length)
      faults.push(`/skus/${i}/units has a name twice`);
  for (const [i, { lines }] of carts.entries()) {
    for (const [j, { sku, from, to }] of lines.entries()) {
      const at = `/carts/${i}/lines/${j}`;
      if (!names.includes(sku)) faults.push(`${at}/sku ${sku} is none of ${names.join(', ')}`);
      if (from > to) faults.push(`${at} goes from ${from} to ${to}; the smaller number comes first`);
    }
  }
  if (Object.values(personas).every((share) => share === 0)) faults.push('/personas are all 0: nobody would come');
  return faults;
}

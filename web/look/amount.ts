const COUNT = new Intl.NumberFormat();
const RATE = new Intl.NumberFormat(undefined, { maximumFractionDigits: 1 });

/** `12,450`, as the reader writes it. */
export const countText = (count: number): string => COUNT.format(count);
export const rateText = (rate: number): string => RATE.format(rate);

/** Whole minor units as an amount of their currency. */
export function moneyText(minorUnits: number, currency: string): string {
  if (currency === '') return countText(minorUnits);
  const format = new Intl.NumberFormat(undefined, { style: 'currency', currency });
  const digits = format.resolvedOptions().maximumFractionDigits ?? 2;
  return format.format(minorUnits / 10 ** digits);
}

/** `1 unit`, `3 units`. */
export const countOf = (count: number, one: string, many = `${one}s`): string =>
  `${countText(count)} ${count === 1 ? one : many}`;

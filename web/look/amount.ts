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

const digitsOf = (currency: string): number =>
  new Intl.NumberFormat(undefined, { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2;

/** `45.00` of 4500 minor units, for an input. */
export const amountText = (minorUnits: number, currency: string): string =>
  (minorUnits / 10 ** digitsOf(currency)).toFixed(digitsOf(currency));

/** 4500 of `45` or `45.00`; NaN for what is no amount of that currency. */
export function minorUnitsOf(text: string, currency: string): number {
  const digits = digitsOf(currency);
  const [, whole = '', part = ''] = /^(\d+)(?:[.,](\d*))?$/.exec(text.trim()) ?? [];
  if (whole === '' || part.length > digits) return NaN;
  return Number(whole + part.padEnd(digits, '0'));
}

/** The step of an input for amounts: `0.01`. */
export const amountStep = (currency: string): string => (1 / 10 ** digitsOf(currency)).toFixed(digitsOf(currency));

import type { Sale } from '../server.js';

/** A sale's settings as a form has them: text, and empty for none. */
export interface SaleValues {
  readonly name: string;
  readonly opensAt: string;
  readonly closesAt: string;
  readonly holdTtlSeconds: string;
  readonly checkoutTtlSeconds: string;
  readonly unitsPerCustomerMax: string;
  readonly extensionsMax: string;
  readonly extensionStepSeconds: string;
  readonly latePayment: 'rehold' | 'refuse';
}

export const NEW_VALUES: SaleValues = {
  ...{ name: '', opensAt: '', closesAt: '', holdTtlSeconds: '600', checkoutTtlSeconds: '900' },
  ...{ unitsPerCustomerMax: '4', extensionsMax: '1', extensionStepSeconds: '300', latePayment: 'rehold' },
};

/** A moment as an input of the reader's own zone has it. */
export function localText(at: string | null): string {
  if (at === null) return '';
  const date = new Date(at);
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

export function valuesOf(sale: Sale): SaleValues {
  return {
    ...{ name: sale.name, opensAt: localText(sale.opensAt), closesAt: localText(sale.closesAt) },
    ...{ holdTtlSeconds: String(sale.holdTtlSeconds), checkoutTtlSeconds: String(sale.checkoutTtlSeconds) },
    unitsPerCustomerMax: sale.unitsPerCustomerMax === null ? '' : String(sale.unitsPerCustomerMax),
    ...{ extensionsMax: String(sale.extensionsMax), extensionStepSeconds: String(sale.extensionStepSeconds) },
    latePayment: sale.latePayment,
  };
}

interface SaleSettings {
  name: string;
  opensAt: string | null;
  closesAt: string | null;
  holdTtlSeconds: number;
  checkoutTtlSeconds: number;
  unitsPerCustomerMax: number | null;
  extensionsMax: number;
  extensionStepSeconds: number;
  latePayment: 'rehold' | 'refuse';
}

/** The settings as the API takes them. */
export function settingsOf(values: SaleValues): SaleSettings {
  const moment = (text: string): string | null => (text === '' ? null : new Date(text).toISOString());
  return {
    ...{ name: values.name.trim(), opensAt: moment(values.opensAt), closesAt: moment(values.closesAt) },
    ...{ holdTtlSeconds: Number(values.holdTtlSeconds), checkoutTtlSeconds: Number(values.checkoutTtlSeconds) },
    unitsPerCustomerMax: values.unitsPerCustomerMax === '' ? null : Number(values.unitsPerCustomerMax),
    ...{ extensionsMax: Number(values.extensionsMax), extensionStepSeconds: Number(values.extensionStepSeconds) },
    latePayment: values.latePayment,
  };
}

/** Of `settings`, what is not as it was: a moment that was not touched keeps its seconds. */
export function changedOnly(before: SaleValues, after: SaleValues): Partial<SaleSettings> {
  const settings = settingsOf(after);
  const names = Object.keys(settings) as (keyof SaleSettings)[];
  return Object.fromEntries(names.filter((name) => before[name] !== after[name]).map((name) => [name, settings[name]]));
}

import type { HoldRecord, RequestedLine } from '../src/inventory/records.js';

/** '1x2 2#7,8': two of SKU 1, and units 7 and 8 of SKU 2. A unit of SKU n costs n times 10.00. */
export function linesOf(text: string): RequestedLine[] {
  return text.split(' ').map((line) => {
    const [, ordinal = '', kind, what = ''] = /^(\d+)([x#])([\d,]+)$/.exec(line) ?? [];
    const wanted = kind === 'x' ? Number(what) : what.split(',').map(Number);
    return { ordinal: Number(ordinal), unitPrice: Number(ordinal) * 1_000, wanted };
  });
}

/** '1#1,2 2#7,8': the units of a hold by line. */
export function ownedText(hold: HoldRecord): string {
  return hold.lines.map(({ ordinal, units }) => `${ordinal}#${units.join(',')}`).join(' ');
}

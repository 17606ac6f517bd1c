/** A sale small enough that customers meet. */
export const MODEL = {
  skus: [
    { units: 6, perCustomerMax: 4 },
    { units: 5, withdrawn: [2], blocked: [4] },
  ],
  perCustomerMax: 5,
  holdTtlSeconds: 10,
  queueTimeoutSeconds: 15,
  extensionsMax: 2,
  holdAgeSecondsMax: 75,
};

/** ['1#2,3', '2#'] → ['1#2', '1#3'] */
export function unitsOf(lines: readonly string[]): string[] {
  return lines.flatMap((line) => {
    const [ordinal = '', units = ''] = line.split('#');
    return units === '' ? [] : units.split(',').map((unit) => `${ordinal}#${unit}`);
  });
}

export function freeOf(ordinal: number, taken: ReadonlySet<string>): number[] {
  const sku: { units: number; withdrawn?: number[]; blocked?: number[] } = MODEL.skus[ordinal - 1]!;
  const away = new Set([...(sku.withdrawn ?? []), ...(sku.blocked ?? [])]);
  const every = Array.from({ length: sku.units }, (_, i) => i + 1);
  return every.filter((unit) => !away.has(unit) && !taken.has(`${ordinal}#${unit}`));
}

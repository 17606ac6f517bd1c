import type { CatalogSale } from './sale-catalog.js';

/** Whether a copy of a sale knows the SKUs and the units that a request names. If not, the copy may only be old. */
export function knowsAsked(
  { skuById }: CatalogSale,
  lines: readonly { skuId: string; units?: readonly string[] | undefined }[],
): boolean {
  return lines.every(({ skuId, units = [] }) => {
    const sku = skuById.get(skuId);
    return sku !== undefined && units.every((label) => sku.numberOf(label) !== undefined);
  });
}

/** Whether it knows the SKUs and the units that a reservation or an order has. */
export function knowsHeld(
  { skuByOrdinal }: CatalogSale,
  lines: readonly { ordinal: number; units: readonly number[] }[],
): boolean {
  return lines.every(({ ordinal, units }) => {
    const sku = skuByOrdinal.get(ordinal);
    return sku !== undefined && units.every((unit) => unit <= sku.numbered);
  });
}

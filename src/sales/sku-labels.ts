import type { Postgres } from '../platform/postgres.js';

/** How the units of one SKU are called by people: by a label of the seat map, or by their number. */
export interface SkuLabels {
  /** Label → unit number; null for general admission, whose labels are the numbers. */
  readonly labels: ReadonlyMap<string, number> | null;
  readonly labelOf: (unitNo: number) => string;
  readonly numberOf: (label: string) => number | undefined;
}

/** General admission: unit 17 is called "17", and only "17" (no zeros in front, no signs). */
export function numberLabels(numbered: number): SkuLabels {
  return {
    labels: null,
    labelOf: String,
    numberOf: (label) => {
      if (!/^[1-9]\d{0,8}$/.test(label)) return undefined;
      return Number(label) <= numbered ? Number(label) : undefined;
    },
  };
}

/** A seat map. A number that it does not name is called by the number. */
export function seatLabels(labels: ReadonlyMap<string, number>): SkuLabels {
  const byNumber = new Map([...labels].map(([label, unitNo]) => [unitNo, label]));
  return {
    labels,
    labelOf: (unitNo) => byNumber.get(unitNo) ?? String(unitNo),
    numberOf: (label) => labels.get(label),
  };
}

/** Reads the seat maps of some SKUs. A row a SKU, not a row a unit: 100,000 labels are two arrays, not 100,000 objects. */
export async function readSeatLabels(
  postgres: Postgres,
  skuIds: readonly string[],
): Promise<Map<string, ReadonlyMap<string, number>>> {
  if (skuIds.length === 0) return new Map();
  const rows = await postgres.query<{ skuId: string; labels: string[]; numbers: number[] }>(
    `SELECT sku_id AS "skuId", array_agg(label ORDER BY unit_no) AS labels, array_agg(unit_no ORDER BY unit_no) AS numbers
     FROM units WHERE sku_id = ANY($1::text[]) GROUP BY sku_id`,
    [skuIds],
  );
  return new Map(
    rows.map(({ skuId, labels, numbers }) => [skuId, new Map(labels.map((label, at) => [label, numbers[at] ?? 0]))]),
  );
}

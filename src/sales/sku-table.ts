import type pg from 'pg';
import type { UnitBody } from './create-sale.body.js';

export interface NewSku {
  id: string;
  ordinal: number;
  name: string;
  unitPrice: number;
  unitsPerCustomerMax: number | null;
  numbered: number;
  /** The label and place of each unit number, 1 first; empty for general admission, whose labels are the numbers. */
  units: readonly UnitBody[];
}

const INSERT_SKUS = `
  INSERT INTO skus (sale_id, id, ordinal, name, unit_price, units_per_customer_max, numbered)
  SELECT $1, * FROM unnest($2::text[], $3::int[], $4::text[], $5::int[], $6::int[], $7::int[])`;

const INSERT_UNITS = `
  INSERT INTO units (sku_id, unit_no, label, section, "row", seat)
  SELECT $1, $6 + unit_no, label, section, place_row, seat
  FROM unnest($2::text[], $3::text[], $4::text[], $5::int[])
       WITH ORDINALITY AS given (label, section, place_row, seat, unit_no)`;

/** Writes the SKUs of a new sale and the labels of their units: one statement for all SKUs, one for each seat map. */
export async function insertSkus(client: pg.PoolClient, saleId: string, skus: readonly NewSku[]): Promise<void> {
  await client.query(INSERT_SKUS, [
    saleId,
    skus.map((sku) => sku.id),
    skus.map((sku) => sku.ordinal),
    skus.map((sku) => sku.name),
    skus.map((sku) => sku.unitPrice),
    skus.map((sku) => sku.unitsPerCustomerMax),
    skus.map((sku) => sku.numbered),
  ]);
  for (const { id, units } of skus) if (units.length > 0) await insertUnits(client, id, 0, units);
}

/** Gives labels to the unit numbers that come after `numbered`. */
export async function insertUnits(
  client: pg.PoolClient,
  skuId: string,
  numbered: number,
  units: readonly UnitBody[],
): Promise<void> {
  await client.query(INSERT_UNITS, [
    skuId,
    units.map((unit) => unit.label),
    units.map((unit) => unit.section ?? null),
    units.map((unit) => unit.row ?? null),
    units.map((unit) => unit.seat ?? null),
    numbered,
  ]);
}

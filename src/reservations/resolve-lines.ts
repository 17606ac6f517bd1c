import type { RequestedLine } from '../inventory/records.js';
import { type FieldError, invalid } from '../platform/validation.js';
import { Problem } from '../problems.js';
import type { CatalogSale, CatalogSku } from '../sales/sale-catalog.js';
import { METADATA_BYTES_MAX, type ReserveBody, type ReserveLineBody } from './reserve.dto.js';

/** Throws what is wrong with the lines of a body whatever the sale is, and where. */
export function refuseLines(body: ReserveBody): void {
  const errors = [...shapeErrors(body), ...doubles(body.lines)];
  if (errors.length > 0) throw invalid(errors);
}

/** The lines of a body as the ledger takes them: ordinals, today's prices, unit numbers. Throws what the sale does not have. */
export function resolveLines(body: ReserveBody, sale: CatalogSale): RequestedLine[] {
  return body.lines.map((line, i) => resolveLine(line, i, sale));
}

function shapeErrors({ lines, metadata }: ReserveBody): FieldError[] {
  const errors = lines.flatMap(({ quantity, units }, i) =>
    (quantity === undefined) === (units === undefined)
      ? [{ pointer: `/lines/${i}`, detail: 'needs exactly one of quantity and units' }]
      : [],
  );
  if (metadata) errors.push(...metadataErrors(metadata));
  return errors;
}

function metadataErrors(metadata: Record<string, unknown>): FieldError[] {
  const pointer = '/metadata';
  if (Buffer.byteLength(JSON.stringify(metadata)) > METADATA_BYTES_MAX) {
    return [{ pointer, detail: `must be at most ${METADATA_BYTES_MAX} bytes of JSON` }];
  }
  return isStorable(metadata) ? [] : [{ pointer, detail: 'must not hold the character NUL or half a surrogate pair' }];
}

/** Postgres stores neither in jsonb; the journal of a whole batch would fail. */
function isStorable(value: unknown): boolean {
  if (typeof value === 'string') return !value.includes('\0') && !/\p{Surrogate}/u.test(value);
  if (typeof value !== 'object' || value === null) return true;
  return Object.entries(value).every(([name, member]) => isStorable(name) && isStorable(member));
}

/** A unit named on two lines could never be had by both. */
function doubles(lines: readonly ReserveLineBody[]): FieldError[] {
  const seen = new Set<string>();
  return lines.flatMap(({ skuId, units = [] }, i) =>
    units.flatMap((label, j) => {
      const name = `${skuId} ${label}`;
      if (seen.has(name)) return [{ pointer: `/lines/${i}/units/${j}`, detail: 'is named twice' }];
      seen.add(name);
      return [];
    }),
  );
}

function resolveLine(line: ReserveLineBody, index: number, sale: CatalogSale): RequestedLine {
  const sku = sale.skuById.get(line.skuId);
  if (!sku) {
    const errors = [{ pointer: `/lines/${index}/skuId`, detail: 'is not a SKU of this sale' }];
    throw new Problem('sku-not-found', 'The sale has no such SKU.', { errors }, 422);
  }
  const wanted = line.units ? numbersOf(line.units, index, sku) : (line.quantity ?? 1);
  return { ordinal: sku.ordinal, unitPrice: sku.unitPrice, wanted };
}

function numbersOf(labels: readonly string[], line: number, sku: CatalogSku): number[] {
  const errors: FieldError[] = [];
  const numbers = labels.map((label, i) => {
    const number = sku.numberOf(label);
    if (number === undefined)
      errors.push({ pointer: `/lines/${line}/units/${i}`, detail: 'is not a unit of this SKU' });
    return number ?? 0;
  });
  if (errors.length > 0) throw new Problem('unit-unknown', 'The SKU has no such unit.', { errors });
  return numbers;
}

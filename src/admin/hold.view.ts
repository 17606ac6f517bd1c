import { ApiProperty } from '@nestjs/swagger';
import { knowsHeld } from '../sales/known-lines.js';
import type { CatalogSale, SaleCatalog } from '../sales/sale-catalog.js';
import { LIVE_STATUSES, type LiveStatus } from './hold-filter.js';
import type { LiveHoldRow } from './live-holds.js';

const TIME = { format: 'date-time' } as const;

export class HoldLineView {
  @ApiProperty({ example: 'sku_4k2m9x0a1b3c' })
  skuId!: string;
  @ApiProperty({ type: 'integer', minimum: 0, example: 2 })
  quantity!: number;
  @ApiProperty({ type: [String], example: ['17', '18'], description: 'Labels of the units' })
  units!: string[];
  @ApiProperty({ type: 'integer', minimum: 0, example: 4500, description: 'Minor units of the currency' })
  unitPrice!: number;
}

/** A live hold as operators see it in a list. */
export class HoldView {
  @ApiProperty({ example: 'rsv_k3v9x2m1qaPzR0m8b1Qd5nYt6HcW2LfUoSxKjE7gA4' })
  id!: string;
  @ApiProperty({ example: 'sale_k3v9x2m1qa' })
  saleId!: string;
  @ApiProperty({ example: 'c_42' })
  customerId!: string;
  @ApiProperty({
    type: String,
    enum: LIVE_STATUSES,
    example: 'held',
    description: 'held: until expiresAt. checkout: somebody is paying, until checkoutExpiresAt',
  })
  status!: LiveStatus;
  @ApiProperty({ type: [HoldLineView] })
  lines!: HoldLineView[];
  @ApiProperty({ type: 'integer', minimum: 0, example: 2, description: 'Units of all lines' })
  units!: number;
  @ApiProperty({ example: 'EUR' })
  currency!: string;
  @ApiProperty({ type: 'integer', minimum: 0, example: 9000, description: 'Minor units' })
  total!: number;
  @ApiProperty({ ...TIME, example: '2026-11-21T20:00:00.004Z' })
  heldAt!: string;
  @ApiProperty({ ...TIME, example: '2026-11-21T20:10:00.004Z', description: 'When the hold ends, or would have' })
  expiresAt!: string;
  @ApiProperty({ type: String, ...TIME, nullable: true, example: null, description: 'Null until checkout' })
  checkoutExpiresAt!: string | null;
  @ApiProperty({ ...TIME, example: '2026-11-21T20:10:00.004Z', description: 'Of the two, the one that counts now' })
  endsAt!: string;
  @ApiProperty({ type: 'integer', minimum: 0, example: 0, description: 'Extensions by the customer so far' })
  extensions!: number;
  @ApiProperty({ type: 'integer', minimum: 0, example: 1 })
  extensionsLeft!: number;
  @ApiProperty({ type: 'integer', minimum: 0, example: 95, description: 'Seconds from heldAt to asOf' })
  ageSeconds!: number;
  @ApiProperty({ example: false, description: 'Held again for a payment that came late, not by a request' })
  forLatePayment!: boolean;
  @ApiProperty({ type: 'integer', minimum: 1, example: 2 })
  version!: number;
}

export class HoldPage {
  @ApiProperty({
    type: [HoldView],
    description: 'May be fewer than the limit, and none, although there are more pages',
  })
  items!: HoldView[];
  @ApiProperty({ type: String, nullable: true, example: null, description: 'null on the last page' })
  nextCursor!: string | null;
  @ApiProperty({
    type: 'integer',
    nullable: true,
    minimum: 0,
    example: 20134,
    description: 'How many holds the filter fits; counted for the first page, null on those that follow',
  })
  total!: number | null;
  @ApiProperty({ ...TIME, example: '2026-11-21T20:01:39.120Z', description: "The ledger's time: count down from it" })
  asOf!: string;
  @ApiProperty({ example: false, description: 'True while Redis is out of reach: as the journal last had them' })
  stale!: boolean;
}

export function toHoldView(row: LiveHoldRow, sale: CatalogSale | null, now: number): HoldView {
  const lines = row.lines.map(({ ordinal, units, unitPrice }) => {
    const sku = sale?.skuByOrdinal.get(ordinal);
    const labels = units.map((unit) => sku?.labelOf(unit) ?? String(unit));
    return { skuId: sku?.id ?? '', quantity: units.length, units: labels, unitPrice };
  });
  const left = row.status === 'held' ? Math.max(0, (sale?.extensionsMax ?? 0) - row.extensions) : 0;
  return {
    ...{ id: row.id, saleId: row.sale_id, customerId: row.customer_id },
    status: row.status === 'checkout' ? 'checkout' : 'held',
    lines,
    units: lines.reduce((sum, { quantity }) => sum + quantity, 0),
    ...{ currency: sale?.currency ?? '', total: row.total },
    ...{ heldAt: row.held_at.toISOString(), expiresAt: row.expires_at.toISOString() },
    checkoutExpiresAt: row.checkout_expires_at?.toISOString() ?? null,
    endsAt: row.ends_at.toISOString(),
    ...{ extensions: row.extensions, extensionsLeft: left },
    ageSeconds: Math.max(0, Math.floor((now - row.held_at.getTime()) / 1_000)),
    forLatePayment: row.mode === 'rehold',
    version: row.version,
  };
}

/** This process's copy of the sale, or a fresh one where the copy does not know what is held. */
export async function saleOfHold(catalog: SaleCatalog, row: LiveHoldRow): Promise<CatalogSale | null> {
  const copy = await catalog.find(row.sale_id);
  return copy && knowsHeld(copy, row.lines) ? copy : catalog.fresh(row.sale_id);
}

import { Injectable } from '@nestjs/common';
import type { Sale } from '../generated/prisma/client.js';
import { Postgres } from '../platform/postgres.js';
import { Problem } from '../problems.js';
import { Ledger } from './ledger.js';

const BUILD_PATIENCE_MS = 3_000;
const RETRY_MS = 25;

/** The settings of a sale as meta keeps them: names of lua/fragments/sale.lua, times in ms, '' for none. */
export function settingsOf(sale: Sale): [string, string | number][] {
  return [
    ['status', sale.status],
    ['opensAt', sale.opensAt?.getTime() ?? ''],
    ['closesAt', sale.closesAt?.getTime() ?? ''],
    ['holdTtlMs', sale.holdTtlSeconds * 1_000],
    ['checkoutTtlMs', sale.checkoutTtlSeconds * 1_000],
    ['queueTimeoutMs', sale.queueTimeoutSeconds * 1_000],
    ['unitsPerCustomerMax', sale.unitsPerCustomerMax ?? 0],
    ['extensionsMax', sale.extensionsMax],
    ['extensionStepMs', sale.extensionStepSeconds * 1_000],
    ['holdAgeMsMax', sale.holdAgeSecondsMax * 1_000],
  ];
}

/** Puts the settings of a sale's row where the hold script reads them. */
@Injectable()
export class SaleSettings {
  constructor(
    private readonly ledger: Ledger,
    private readonly postgres: Postgres,
  ) {}

  /**
   * Brings Redis up to the sale's row, as it is now; an older revision never overwrites a newer one. A sale that has no
   * state yet is waited for, until the guardian has built it. Throws store-unavailable after `patienceMs`, 3 s if left out.
   */
  async push(saleId: string, patienceMs = BUILD_PATIENCE_MS): Promise<void> {
    const sale = await this.postgres.prisma.sale.findUniqueOrThrow({ where: { id: saleId } });
    if (sale.status === 'draft' || sale.retiredAt) return;
    const patience = performance.now() + patienceMs;
    for (;;) {
      try {
        await this.ledger.run('configure', sale, [sale.revision, ...settingsOf(sale).flat()]);
        return;
      } catch (error) {
        const waiting = error instanceof Problem && error.code === 'store-unavailable';
        if (!waiting || performance.now() > patience) throw error;
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
    }
  }
}

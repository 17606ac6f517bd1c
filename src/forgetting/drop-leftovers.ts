import { Injectable } from '@nestjs/common';
import { DropKeys } from '../inventory/drop-keys.js';
import { WriteEpoch } from '../inventory/write-epoch.js';
import { ActiveSales } from '../sales/active-sales.js';

/** Drops keys of epochs that are over, where a rebuild died before it could tidy up. */
@Injectable()
export class DropLeftovers {
  /** Up to which epoch each sale is tidy; looked at again after every rebuild, and after a start. */
  private readonly tidy = new Map<string, number>();

  constructor(
    private readonly sales: ActiveSales,
    private readonly epochs: WriteEpoch,
    private readonly keys: DropKeys,
  ) {}

  /** Returns how many keys it dropped. Only what lies before the epoch that Redis works on is left over for certain. */
  async runOnce(): Promise<number> {
    const sales = await this.sales.list();
    const open = await this.epochs.openEpochs(sales);
    let dropped = 0;
    for (const [i, sale] of sales.entries()) {
      const epoch = open[i]?.epoch ?? 0;
      if (epoch <= (this.tidy.get(sale.key) ?? 1)) continue;
      dropped += await this.keys.ofOldEpochs(sale, epoch);
      this.tidy.set(sale.key, epoch);
    }
    const present = new Set(sales.map(({ key }) => key));
    for (const key of this.tidy.keys()) if (!present.has(key)) this.tidy.delete(key);
    return dropped;
  }
}

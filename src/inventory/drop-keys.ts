import { Injectable } from '@nestjs/common';
import { crashPoint } from '../crash-points.js';
import { Config } from '../platform/config.js';
import { redisUnavailable } from '../platform/redis.js';
import { InventoryConnection } from './inventory-connection.js';
import { Ledger } from './ledger.js';
import { keysOfEpoch, keysOutsideEpochs, type SaleRef } from './sale-keys.js';

const KEYS_PER_COMMAND = 700;

/** Takes keys away that nobody reads any more. UNLINK frees large ones in the background. */
@Injectable()
export class DropKeys {
  constructor(
    private readonly connection: InventoryConnection,
    private readonly ledger: Ledger,
    private readonly config: Config,
  ) {}

  /** What epochs before `epoch` left behind: a rebuild that died could not tidy up. Returns how many keys there were. */
  async ofOldEpochs(sale: SaleRef, epoch: number): Promise<number> {
    const keys: string[] = [];
    for (let old = 1; old < epoch; old++) keys.push(...keysOfEpoch(this.config.keyPrefix, sale.key, old));
    return this.unlink(keys);
  }

  /**
   * All that Redis has of a sale whose epochs up to `epoch` are over. Its scripts find no state first, so nothing is
   * decided on half of it. False, and nothing dropped, when Redis works on a newer epoch.
   */
  async ofSale(sale: SaleRef, epoch: number): Promise<boolean> {
    await crashPoint('retire.close');
    const { status } = await this.ledger.runInEpoch('close-epoch', sale, epoch, []);
    if (status !== 'closed') return false;
    await crashPoint('retire.drop');
    await this.unlink(keysOutsideEpochs(this.config.keyPrefix, sale.key));
    await this.ofOldEpochs(sale, epoch + 1);
    return true;
  }

  private async unlink(keys: string[]): Promise<number> {
    if (!this.connection.runId()) throw redisUnavailable();
    let dropped = 0;
    for (let at = 0; at < keys.length; at += KEYS_PER_COMMAND) {
      dropped += await this.connection.redis.unlink(...keys.slice(at, at + KEYS_PER_COMMAND)).catch(() => {
        throw redisUnavailable();
      });
    }
    return dropped;
  }
}

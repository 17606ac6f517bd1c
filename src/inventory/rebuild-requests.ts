import { Injectable } from '@nestjs/common';
import { Config } from '../platform/config.js';
import { InventoryConnection } from './inventory-connection.js';

/** How a process tells the guardian, wherever it runs, that a sale needs a rebuild. A hint: the guardian also looks by itself. */
@Injectable()
export class RebuildRequests {
  readonly channel: string;

  constructor(
    private readonly connection: InventoryConnection,
    config: Config,
  ) {
    this.channel = `${config.keyPrefix}:rebuild`;
  }

  /** `epoch` is the one that was found wanting: once the sale has a newer one, the request is void. */
  async ask(saleId: string, epoch: number): Promise<void> {
    if (!this.connection.runId()) return;
    await this.connection.redis.publish(this.channel, `${saleId} ${epoch}`).catch(() => undefined);
  }
}

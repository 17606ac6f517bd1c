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

  /** Asks the guardian to look now: a sale's state is missing, or of another epoch than Postgres names. */
  async ask(saleId: string): Promise<void> {
    await this.publish(saleId);
  }

  /** Says that the books of this epoch do not add up; once the sale has a newer one, that is void. */
  async suspect(saleId: string, epoch: number): Promise<void> {
    await this.publish(`${saleId} ${epoch}`);
  }

  private async publish(message: string): Promise<void> {
    if (!this.connection.runId()) return;
    await this.connection.redis.publish(this.channel, message).catch(() => undefined);
  }
}

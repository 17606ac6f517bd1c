import type { Service } from './service.js';

/** All SKUs together, at one moment; milliseconds from the opening. */
export interface StockSample {
  readonly at: number;
  readonly available: number;
  readonly held: number;
  readonly checkout: number;
  readonly sold: number;
}

const LOOK_MS = 250;

/** Looks at the exact counts four times a second. What cannot be read is left out: the curve has a gap then. */
export class StockWatch {
  readonly samples: StockSample[] = [];
  private timer: NodeJS.Timeout | undefined;
  private looking: Promise<void> = Promise.resolve();

  constructor(
    private readonly service: Service,
    private readonly saleId: string,
    private readonly clock: () => number,
  ) {}

  start(): void {
    let busy = false;
    this.timer = setInterval(() => {
      if (busy) return;
      busy = true;
      this.looking = this.look()
        .catch(() => undefined)
        .then(() => void (busy = false));
    }, LOOK_MS);
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.looking;
    await this.look().catch(() => undefined);
  }

  private async look(): Promise<void> {
    const { skus } = await this.service.stock(this.saleId);
    const sum = (of: 'available' | 'held' | 'checkout' | 'sold'): number => skus.reduce((all, sku) => all + sku[of], 0);
    const counts = { available: sum('available'), held: sum('held'), checkout: sum('checkout'), sold: sum('sold') };
    this.samples.push({ at: this.clock(), ...counts });
  }
}

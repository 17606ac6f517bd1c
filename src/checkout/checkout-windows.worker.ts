import { BeforeApplicationShutdown, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Config } from '../platform/config.js';
import { Log } from '../platform/logging.js';
import { Ticker } from '../platform/ticker.js';
import { EndCheckout } from './end-checkout.js';

/** Ends payment windows that are over; the relay gives the units back. */
@Injectable()
export class CheckoutWindowsWorker implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly ticker: Ticker;

  constructor(endCheckout: EndCheckout, config: Config, log: Log) {
    this.ticker = new Ticker(
      'checkout-windows',
      config.sweepIntervalMs,
      () => endCheckout.expireWindows(),
      log.child({ part: 'checkout' }),
    );
  }

  onApplicationBootstrap(): void {
    this.ticker.start();
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.ticker.stop();
  }
}

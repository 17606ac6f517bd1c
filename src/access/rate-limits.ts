import { Injectable } from '@nestjs/common';
import { Config } from '../platform/config.js';
import { RedisConnections } from '../platform/redis.js';
import type { Caller } from './caller.js';
import { networkOf } from './network-of.js';
import { type LimitTerms, RequestLimit } from './request-limit.js';

/** How many requests may come from an address, with a key, for a customer; 0 is no limit. The only Redis keys of access. */
@Injectable()
export class RateLimits {
  private readonly address: RequestLimit | null;
  private readonly key: RequestLimit | null;
  private readonly customer: RequestLimit | null;

  constructor(config: Config, connections: RedisConnections) {
    const { addressRequestsMax, keyRequestsMax, customerRequestsMax, limitWindowSeconds: windowSeconds } = config;
    const limited = addressRequestsMax + keyRequestsMax + customerRequestsMax > 0;
    const redis = limited ? connections.failFast() : null;
    const limit = (limitedBy: LimitTerms['limitedBy'], requestsMax: number): RequestLimit | null => {
      if (redis === null || requestsMax === 0) return null;
      const keyPrefix = `${config.keyPrefix}:limit:${limitedBy}`;
      return new RequestLimit({ limitedBy, requestsMax, windowSeconds, redis, keyPrefix });
    };
    this.address = limit('address', addressRequestsMax);
    this.key = limit('key', keyRequestsMax);
    this.customer = limit('customer', customerRequestsMax);
  }

  /** For everybody who does not come with a key that is known. Throws `too-many-requests`, as all of these do. */
  async ofAddress(address: string): Promise<void> {
    await this.address?.take(networkOf(address));
  }

  /** A buyer is limited as a customer, a service by its key. An admin never is: levers must work on the night. */
  async ofCaller(caller: Caller): Promise<void> {
    if (caller.kind === 'buyer') await this.ofCustomer(caller.customerId);
    if (caller.kind === 'service') await this.key?.take(caller.keyId);
  }

  /** For a customer whom a service names, or who is the buyer. */
  async ofCustomer(customerId: string): Promise<void> {
    await this.customer?.take(customerId);
  }
}

import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import { Problem } from '../problems.js';

/** Of what a caller may do within a window, the part that one process may keep to itself. */
const UNTOLD_SHARE = 0.05;

/** A limit: whom it counts, how many requests within how long, and where all processes add up their counts. */
export interface LimitTerms {
  readonly limitedBy: 'address' | 'key' | 'customer';
  readonly requestsMax: number;
  readonly windowSeconds: number;
  readonly redis: object;
  readonly keyPrefix: string;
}

/**
 * Counts the requests of each caller here, exactly, and with the other processes through Redis: every twentieth part
 * of the limit is told there, and nobody waits for the answer. So no request pays a round trip, an outage of Redis
 * leaves each process with its own count, and a caller who uses several processes gets at most 5 % a process too much.
 */
export class RequestLimit {
  private readonly here: RateLimiterMemory;
  private readonly everywhere: RateLimiterRedis;
  private readonly toldAtATime: number;

  constructor(private readonly terms: LimitTerms) {
    const { requestsMax, windowSeconds, redis, keyPrefix } = terms;
    this.toldAtATime = Math.max(1, Math.floor(requestsMax * UNTOLD_SHARE));
    const counted = { points: requestsMax, duration: windowSeconds, keyPrefix };
    this.here = new RateLimiterMemory(counted);
    this.everywhere = new RateLimiterRedis({ ...counted, storeClient: redis, rejectIfRedisNotReady: true });
  }

  /** Counts one request; throws `too-many-requests` when it is one too many. A request that is refused is not counted. */
  async take(who: string): Promise<void> {
    try {
      const { consumedPoints } = await this.here.consume(who);
      if (consumedPoints % this.toldAtATime === 0) void this.tell(who);
    } catch (refused) {
      throw refused instanceof RateLimiterRes ? this.refusal(refused.msBeforeNext) : refused;
    }
  }

  private async tell(who: string): Promise<void> {
    try {
      await this.everywhere.consume(who, this.toldAtATime);
    } catch (refused) {
      // Anything else is Redis out of reach: this process goes on with its own count.
      if (refused instanceof RateLimiterRes) await this.here.block(who, refused.msBeforeNext / 1_000);
    }
  }

  private refusal(msBeforeNext: number): Problem {
    const { limitedBy, requestsMax, windowSeconds } = this.terms;
    const retryAfterSeconds = Math.max(1, Math.ceil(msBeforeNext / 1_000));
    const whose = { address: 'From this address', key: 'With this key', customer: 'For this customer' }[limitedBy];
    return new Problem(
      'too-many-requests',
      `${whose} more than ${requestsMax} requests came within ${windowSeconds} s; come again in ${retryAfterSeconds} s.`,
      { limitedBy, limit: requestsMax, windowSeconds, retryAfterSeconds },
    );
  }
}

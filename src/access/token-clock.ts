import { Injectable } from '@nestjs/common';

/**
 * This machine's own time, which is what the tokens of a shop are written in: until when one is good, and nothing else, is
 * decided by it. The ledger has a clock of its own.
 */
@Injectable()
export class TokenClock {
  /** Milliseconds since 1970. */
  now(): number {
    return Date.now();
  }

  nowDate(): Date {
    return new Date(this.now());
  }
}

import { Module } from '@nestjs/common';
import { ApiKeys } from './api-keys.js';
import { BuyerTokens } from './buyer-tokens.js';
import { CallerStreams } from './caller-streams.js';
import { Gatekeeper } from './gatekeeper.js';
import { RateLimits } from './rate-limits.js';
import { Sessions } from './sessions.js';
import { StreamTickets } from './stream-tickets.js';
import { TokenClock } from './token-clock.js';

/** Who calls and how often: API keys of services and admins, sessions of the dashboard, tokens of buyers, limits, and the gatekeeper that every request passes. */
@Module({
  providers: [ApiKeys, BuyerTokens, CallerStreams, RateLimits, Sessions, StreamTickets, TokenClock, Gatekeeper],
  exports: [ApiKeys, BuyerTokens, CallerStreams, RateLimits, Sessions, StreamTickets],
})
export class AccessModule {}

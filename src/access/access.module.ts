import { Module } from '@nestjs/common';
import { ApiKeys } from './api-keys.js';
import { BuyerTokens } from './buyer-tokens.js';
import { Gatekeeper } from './gatekeeper.js';
import { StreamTickets } from './stream-tickets.js';

/** Who calls: API keys of services and admins, tokens of buyers, and the gatekeeper that every request passes. */
@Module({
  providers: [ApiKeys, BuyerTokens, StreamTickets, Gatekeeper],
  exports: [ApiKeys, BuyerTokens, StreamTickets],
})
export class AccessModule {}

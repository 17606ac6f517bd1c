import { Module } from '@nestjs/common';
import { ApiKeys } from './api-keys.js';
import { BuyerTokens } from './buyer-tokens.js';
import { Door } from './door.js';

/** Who calls: API keys of services and admins, tokens of buyers, and the door that every request passes. */
@Module({ providers: [ApiKeys, BuyerTokens, Door], exports: [ApiKeys, BuyerTokens] })
export class AccessModule {}

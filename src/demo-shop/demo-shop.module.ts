import { type DynamicModule, Module } from '@nestjs/common';
import { AccessModule } from '../access/access.module.js';
import { DemoTokens } from '../access/demo-tokens.js';
import type { Config } from '../platform/config.js';
import { LoginController } from './login.controller.js';
import { Payments } from './payments.js';
import { PaymentsController } from './payments.controller.js';
import { PretendProvider } from './pretend-provider.js';
import { StorefrontApi } from './storefront-api.js';

/** The backend of the demo shop: a login that believes anybody, and payments of pretended money. Nowhere else. */
@Module({})
export class DemoShopModule {
  static in(config: Config): DynamicModule[] {
    if (!config.demoShop) return [];
    const providers = [DemoTokens, StorefrontApi, PretendProvider, Payments];
    const controllers = [LoginController, PaymentsController];
    return [{ module: DemoShopModule, imports: [AccessModule], providers, controllers }];
  }
}

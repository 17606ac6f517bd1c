import { type DynamicModule, Module } from '@nestjs/common';
import { ApiModule } from './api.module.js';
import type { Config } from './platform/config.js';
import { PlatformModule } from './platform/platform.module.js';
import { WorkerModule } from './worker.module.js';

/** The root: the platform, and what ROLE asks for. With `all`, API and worker share one of everything. */
@Module({})
export class HoldfastModule {
  static with(config: Config): DynamicModule {
    const api = config.role === 'worker' ? [] : [ApiModule.with(config)];
    const worker = config.role === 'api' ? [] : [WorkerModule.with(config)];
    return { module: HoldfastModule, imports: [PlatformModule.with(config), ...api, ...worker] };
  }
}

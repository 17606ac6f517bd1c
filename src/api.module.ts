import { type DynamicModule, Module } from '@nestjs/common';
import { AccessModule } from './access/access.module.js';
import type { Config } from './platform/config.js';

/** Table of contents of the HTTP process. */
@Module({})
export class ApiModule {
  static with(_config: Config): DynamicModule {
    return { module: ApiModule, imports: [AccessModule] };
  }
}

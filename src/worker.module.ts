import { type DynamicModule, Module } from '@nestjs/common';
import type { Config } from './platform/config.js';

/** Table of contents of the worker process. Of HTTP it answers /health alone, for whoever watches it. */
@Module({})
export class WorkerModule {
  static with(_config: Config): DynamicModule {
    return { module: WorkerModule, imports: [] };
  }
}

import { type DynamicModule, Module, type Type } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { AccessModule } from '../src/access/access.module.js';
import { createApp } from '../src/platform/bootstrap.js';
import type { Config } from '../src/platform/config.js';
import { PlatformModule } from '../src/platform/platform.module.js';
import { conforming } from './conformance/inject.js';

@Module({})
class TestModule {}

/** The platform and access as they are, and one controller of a test's own. */
export async function appWith(config: Config, controller: Type): Promise<NestFastifyApplication> {
  const imports: DynamicModule['imports'] = [PlatformModule.with(config), AccessModule];
  const app = await createApp(config, { module: TestModule, imports, controllers: [controller] });
  return conforming(app, `/${String(Reflect.getMetadata('path', controller))}`);
}

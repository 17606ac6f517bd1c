// Writes the OpenAPI document of dist to the file that it is given. A program of its own: the application is put together, and thrown away before it
// asks a store for anything.
import { writeFileSync } from 'node:fs';

const nowhere = {
  ...{ DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none', REDIS_URL: 'redis://127.0.0.1:1' },
  ...{ RESERVATION_ID_SECRET: 'signs nothing: no reservation is ever made', LOG_LEVEL: 'silent' },
};

await import('reflect-metadata');
const { NestApplicationContext } = await import('@nestjs/core');
// What the parts do when they start needs stores; which routes there are does not.
NestApplicationContext.prototype.callInitHook = async () => undefined;
NestApplicationContext.prototype.callBootstrapHook = async () => undefined;

const { readConfig } = await import('../dist/platform/read-config.js');
const { createApp } = await import('../dist/platform/bootstrap.js');
const { createDocument } = await import('../dist/platform/openapi.js');
const { HoldfastModule } = await import('../dist/holdfast.module.js');

const config = readConfig(nowhere);
const app = await createApp(config, HoldfastModule.with(config));
writeFileSync(process.argv[2], JSON.stringify(createDocument(app)));
process.exit();

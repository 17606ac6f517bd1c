// A process of Holdfast without HTTP and without loops: what it is told to do it does, and dies or stands still where it is told to.
import 'reflect-metadata';
import { ModulesContainer, NestFactory } from '@nestjs/core';
import { HoldsAdminModule } from '../../dist/admin/holds-admin.module.js';
import { CheckoutModule } from '../../dist/checkout/checkout.module.js';
import { Settling } from '../../dist/checkout/settling.js';
import { watchCrashPoints } from '../../dist/crash-points.js';
import { EventsModule } from '../../dist/events/events.module.js';
import { ExpiryModule } from '../../dist/expiry/expiry.module.js';
import { CustomersModule } from '../../dist/forgetting/customers.module.js';
import { ForgettingModule } from '../../dist/forgetting/forgetting.module.js';
import { InventoryConnection } from '../../dist/inventory/inventory-connection.js';
import { PlatformModule } from '../../dist/platform/platform.module.js';
import { readConfig } from '../../dist/platform/read-config.js';
import { ReconcileModule } from '../../dist/reconcile/reconcile.module.js';
import { ReservationsModule } from '../../dist/reservations/reservations.module.js';
import { ActiveSalesModule } from '../../dist/sales/active-sales.module.js';
import { SaleCatalogModule } from '../../dist/sales/sale-catalog.module.js';
import { STATUS_FACTS } from '../../dist/sales/sale-states.js';
import { SalesModule } from '../../dist/sales/sales.module.js';
import { SkusAdminController } from '../../dist/supply/skus-admin.controller.js';
import { SupplyModule } from '../../dist/supply/supply.module.js';

const REDIS_PATIENCE_MS = 20_000;

function parts() {
  const config = readConfig(process.env);
  const reservations = ReservationsModule.with(config);
  const checkout = CheckoutModule.with(reservations);
  return {
    module: class Parts {},
    // An import begins with a list that somebody sent.
    controllers: [SkusAdminController],
    imports: [
      ...[
        PlatformModule.with(config),
        ActiveSalesModule,
        SaleCatalogModule,
        SalesModule,
        SupplyModule,
        ReconcileModule,
      ],
      ...[reservations, checkout, ExpiryModule.with(reservations), ForgettingModule.with(reservations)],
      EventsModule.with([checkout], [Settling], Object.values(STATUS_FACTS)),
      CustomersModule.with(reservations, checkout),
      HoldsAdminModule.with(reservations, checkout),
    ],
  };
}

/** The parent says at each point: go on, or `kill`. Who is to stand still waits for a word, and is stopped meanwhile. */
const verdicts = new Map();
let asked = 0;

function watch() {
  watchCrashPoints(async (point) => {
    const id = ++asked;
    const verdict = await new Promise((resolve) => {
      verdicts.set(id, resolve);
      process.send({ kind: 'at', id, point });
    });
    verdicts.delete(id);
    if (verdict === 'kill') process.kill(process.pid, 'SIGKILL');
  });
}

/** Whether what a case has cut off is there again. */
function isWhole(app) {
  const { open } = partOf(app, 'RedisConnections');
  const isBack = open.every(({ status }) => status === 'ready' || status === 'wait');
  return isBack && partOf(app, 'InventoryConnection').runId() !== undefined && partOf(app, 'Postgres').isUp();
}

function partOf(app, name) {
  if (name === 'ForkedApp') return { isWhole: () => isWhole(app) };
  for (const { providers, controllers } of app.get(ModulesContainer).values()) {
    for (const part of [...providers.values(), ...controllers.values()])
      if (part.name === name && part.instance) return part.instance;
  }
  throw new Error(`there is no ${name} here`);
}

async function call(app, { id, part, method, args }) {
  try {
    process.send({ kind: 'done', id, value: await partOf(app, part)[method](...args) });
  } catch (error) {
    const { code, message } = error;
    process.send({ kind: 'failed', id, error: { code, message: `${part}.${method}: ${message}` } });
  }
}

async function main() {
  const app = await NestFactory.createApplicationContext(parts(), { logger: false, abortOnError: false });
  process.on('disconnect', () => process.exit(0));
  process.on('message', (message) => {
    if (message.kind === 'call') void call(app, message);
    if (message.kind === 'watch') watch();
    if (message.kind === 'verdict') verdicts.get(message.id)?.(message.verdict);
  });
  await app.get(InventoryConnection).untilReady(REDIS_PATIENCE_MS);
  process.send({ kind: 'ready' });
}

void main();

import { Injectable } from '@nestjs/common';
import type pg from 'pg';
import { crashPoint } from '../crash-points.js';
import { appendToAudit } from '../events/audit-log.js';
import { appendToOutbox } from '../events/outbox.js';
import { SaleSettings } from '../inventory/sale-settings.js';
import { Postgres } from '../platform/postgres.js';
import { Problem } from '../problems.js';
import type { ChangeSaleBody } from './change-sale.body.js';
import { SaleCatalog } from './sale-catalog.js';
import { statusFacts } from './sale-facts.js';
import { readSale, type SaleRecord, type SaleRow } from './sale-record.js';
import { changedSettings, type SaleSettingsRow } from './sale-settings-rules.js';
import { nextStatus, type SaleCommand } from './sale-states.js';
import { lockSale, type SaleChange, updateSale } from './sale-table.js';

type LockedSale = SaleRow & { now: Date };

/** Changes sales, each in one transaction with its audit entry and its fact, and then tells Redis. */
@Injectable()
export class ChangeSale {
  constructor(
    private readonly postgres: Postgres,
    private readonly settings: SaleSettings,
    private readonly catalog: SaleCatalog,
  ) {}

  /**
   * Changes name, times and settings. TTLs touch holds and pins made from then on, never those that exist.
   * What is already so changes nothing, and raises no revision. Throws sale-not-found, sale-state-conflict or
   * invalid-request; store-unavailable means that the change is recorded and Redis will learn of it later.
   */
  change(saleId: string, body: ChangeSaleBody, actor: string): Promise<SaleRecord> {
    const { reason } = body;
    return this.apply(saleId, { actor, reason, action: 'sale.change' }, (sale) => {
      const settings = changedSettings(sale, body);
      refuseTimes(sale, settings);
      return difference(sale, settings);
    });
  }

  /**
   * Opens, pauses, resumes or closes a sale by the table in sale-states.ts. A repeat is answered as the first call
   * and changes nothing; what the table refuses is sale-state-conflict.
   */
  command(saleId: string, command: SaleCommand, reason: string, actor: string): Promise<SaleRecord> {
    return this.apply(saleId, { actor, reason, action: `sale.${command}` }, (sale) => commanded(sale, command));
  }

  private async apply(
    saleId: string,
    entry: { actor: string; reason: string; action: string },
    changeOf: (sale: LockedSale) => SaleChange,
  ): Promise<SaleRecord> {
    await crashPoint('sale.write');
    const { status } = await this.postgres.transaction(async (client) => {
      const sale = await lockSale(client, saleId);
      if (!sale) throw new Problem('sale-not-found', `There is no sale ${saleId}.`);
      const change = changeOf(sale);
      return Object.keys(change).length === 0 ? sale : record(client, sale, change, entry);
    });
    await this.catalog.reread(saleId);
    // Repeats push too: the first call may have been cut off after its commit.
    await crashPoint('sale.settings');
    if (status !== 'draft') await this.settings.push(saleId);
    await crashPoint('sale.answer');
    const changed = await readSale(this.postgres, saleId);
    if (!changed) throw new Error(`Sale ${saleId} is not there after its change was committed`);
    return changed;
  }
}

async function record(
  client: pg.PoolClient,
  sale: LockedSale,
  change: SaleChange,
  entry: { actor: string; reason: string; action: string },
): Promise<SaleRow> {
  const after = await updateSale(client, sale, change);
  const fields = Object.keys(change) as (keyof SaleChange)[];
  const part = (row: SaleRow): object => Object.fromEntries(fields.map((field) => [field, row[field]]));
  await appendToAudit(client, [{ ...entry, subject: sale.id, before: part(sale), after: part(after) }]);
  if (change.status) await appendToOutbox(client, statusFacts([after]));
  return after;
}

/** What a command changes; nothing for a repeat. */
function commanded(sale: LockedSale, command: SaleCommand): SaleChange {
  const { now } = sale;
  const status = nextStatus(command, sale.status, sale.opensAt !== null && sale.opensAt > now);
  if (!status) throw conflict(`A sale that is ${sale.status} cannot be told to ${command}.`, `sale-is-${sale.status}`);
  if (status === sale.status) return {};
  if (status === 'closed') return { status, closedAt: now };
  if (sale.closesAt && sale.closesAt <= now)
    throw conflict('closesAt lies in the past: change it first.', 'closes-at-passed');
  if (status !== 'open') return { status };
  return { status, openedAt: sale.openedAt ?? now };
}

/** The schedule of what has happened is history, and a scheduled sale must know when it opens. */
function refuseTimes(sale: LockedSale, after: SaleSettingsRow): void {
  const opensChanges = !sameValue(sale.opensAt, after.opensAt);
  if (sale.status === 'closed' && (opensChanges || !sameValue(sale.closesAt, after.closesAt)))
    throw conflict('The sale is closed: its times are history.', 'sale-is-closed');
  if (opensChanges && (sale.status === 'open' || sale.status === 'paused'))
    throw conflict('The sale has opened: opensAt is history.', 'already-opened');
  if (sale.status === 'scheduled' && !after.opensAt)
    throw conflict('A scheduled sale needs its opensAt: move it, or close the sale.', 'sale-is-scheduled');
}

function conflict(detail: string, reason: string): Problem {
  return new Problem('sale-state-conflict', detail, { reason });
}

function difference(before: SaleSettingsRow, after: SaleSettingsRow): SaleChange {
  const entries = Object.entries(after) as [keyof SaleSettingsRow, SaleSettingsRow[keyof SaleSettingsRow]][];
  return Object.fromEntries(entries.filter(([field, value]) => !sameValue(before[field], value)));
}

function sameValue(a: unknown, b: unknown): boolean {
  return a instanceof Date && b instanceof Date ? a.getTime() === b.getTime() : a === b;
}

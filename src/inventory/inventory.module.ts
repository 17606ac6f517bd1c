import { Module } from '@nestjs/common';
import { AuditTurn } from './audit-turn.js';
import { CustomerRequests } from './customer-requests.js';
import { DropKeys } from './drop-keys.js';
import { EndedHolds } from './ended-holds.js';
import { Epochs } from './epochs.js';
import { InventoryConnection } from './inventory-connection.js';
import { Journal } from './journal.js';
import { JournalPins } from './journal-pins.js';
import { KnownPartitions } from './known-partitions.js';
import { Ledger } from './ledger.js';
import { LedgerMetrics } from './ledger-metrics.js';
import { Pins } from './pins.js';
import { RebuildRequests } from './rebuild-requests.js';
import { SaleSettings } from './sale-settings.js';
import { WithdrawalNotes } from './withdrawal-notes.js';
import { WriteEpoch } from './write-epoch.js';
import { ReadTogether } from './read-together.js';
import { SoldInRedis } from './sold-in-redis.js';
import { Stock } from './stock.js';
import { UndecidedRequests } from './undecided-requests.js';

const LEDGER = [
  InventoryConnection,
  Epochs,
  RebuildRequests,
  Ledger,
  Journal,
  JournalPins,
  Stock,
  SaleSettings,
  EndedHolds,
  CustomerRequests,
  Pins,
  WithdrawalNotes,
  WriteEpoch,
  KnownPartitions,
  DropKeys,
  LedgerMetrics,
  UndecidedRequests,
  AuditTurn,
  SoldInRedis,
  ReadTogether,
];

/** The ledger: the only place that knows a Redis key of stock. */
@Module({ providers: LEDGER, exports: LEDGER })
export class InventoryModule {}

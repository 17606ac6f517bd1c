import { CancelOrder } from '../src/checkout/cancel-order.js';
import { Confirm } from '../src/checkout/confirm.js';
import { ConfirmLate } from '../src/checkout/confirm-late.js';
import { PaymentMetrics } from '../src/checkout/payment-metrics.js';
import { EndCheckout } from '../src/checkout/end-checkout.js';
import { FindOrders } from '../src/checkout/find-orders.js';
import { PinReservation } from '../src/checkout/pin-reservation.js';
import { ReholdLate } from '../src/checkout/rehold-late.js';
import { Settling } from '../src/checkout/settling.js';
import { OutboxMetrics } from '../src/events/outbox-metrics.js';
import { OutboxSubscribers, Relay } from '../src/events/relay.js';
import { EndedHolds } from '../src/inventory/ended-holds.js';
import { Epochs } from '../src/inventory/epochs.js';
import { InventoryConnection } from '../src/inventory/inventory-connection.js';
import { Journal } from '../src/inventory/journal.js';
import { JournalPins } from '../src/inventory/journal-pins.js';
import { Ledger } from '../src/inventory/ledger.js';
import { LedgerMetrics } from '../src/inventory/ledger-metrics.js';
import { Pins } from '../src/inventory/pins.js';
import { RebuildRequests } from '../src/inventory/rebuild-requests.js';
import { SaleSettings } from '../src/inventory/sale-settings.js';
import { SoldInRedis } from '../src/inventory/sold-in-redis.js';
import { Stock } from '../src/inventory/stock.js';
import { WithdrawalNotes } from '../src/inventory/withdrawal-notes.js';
import { WriteEpoch } from '../src/inventory/write-epoch.js';
import { Sweep } from '../src/expiry/sweep.js';
import { SweepMetrics } from '../src/expiry/sweep-metrics.js';
import type { Config } from '../src/platform/config.js';
import { randomChars } from '../src/platform/ids.js';
import { Log, rootLogger } from '../src/platform/logging.js';
import { Metrics } from '../src/platform/metrics.js';
import { Postgres } from '../src/platform/postgres.js';
import { RecentCounts } from '../src/platform/recent-counts.js';
import { RedisClock } from '../src/platform/redis-clock.js';
import { RedisConnections } from '../src/platform/redis.js';
import { Tracing } from '../src/platform/tracing.js';
import { Refusals } from '../src/platform/refusals.js';
import { ClockBeat } from '../src/reconcile/clock-beat.js';
import { Guardian } from '../src/reconcile/guardian.js';
import { KnownSold } from '../src/reconcile/known-sold.js';
import { Rebuild } from '../src/reconcile/rebuild.js';
import { RebuildMetrics } from '../src/reconcile/rebuild-metrics.js';
import { ReconcilePins } from '../src/reconcile/reconcile-pins.js';
import { ReservationIds } from '../src/reservations/reservation-ids.js';
import { ReserveQueue } from '../src/reservations/reserve.queue.js';
import { RefusalLines } from '../src/reservations/refusal-lines.js';
import { ReserveMetrics } from '../src/reservations/reserve-metrics.js';
import { ReserveBatchRunner } from '../src/reservations/reserve-batch.js';
import { ResultChannel } from '../src/reservations/result-channel.js';
import { SaleCatalog } from '../src/sales/sale-catalog.js';
import { ActiveSales } from '../src/sales/active-sales.js';
import { SupplyParts } from './supply-parts.js';
import { LedgerSale, type SaleSpec } from './ledger-sale.js';
import { testConfig } from './settings.js';
import { type FreshDatabase, freshDatabase } from './stores.js';

/** Far ahead of any machine's clock, so that the ledger's clock stands still until a test moves it. */
const BEGINNING = Date.UTC(2030, 0, 1);

const untraced = new Tracing(null);

/** A reserve queue that only remembers what was put into it. */
class RememberedQueue extends ReserveQueue {
  readonly batches: string[][] = [];

  override add(_sale: unknown, tails: readonly string[]): Promise<void> {
    this.batches.push([...tails]);
    return Promise.resolve();
  }
}

/**
 * The ledger of one process on real stores: a database and a key prefix of its own, parts wired by hand, nothing
 * running by itself. Both stores read one clock that stands still; a sale's `advance` moves it.
 */
export class LedgerHarness {
  readonly log: Log;
  readonly metrics = new Metrics();
  readonly postgres: Postgres;
  readonly connections: RedisConnections;
  readonly connection: InventoryConnection;
  readonly rebuilds: RebuildRequests;
  readonly epochs: Epochs;
  readonly ledger: Ledger;
  readonly journal: Journal;
  readonly stock: Stock;
  readonly settings: SaleSettings;
  readonly ended: EndedHolds;
  readonly pins: Pins;
  readonly writeEpoch: WriteEpoch;
  readonly activeSales: ActiveSales;
  readonly clockBeat: ClockBeat;
  readonly rebuild: Rebuild;
  readonly knownSold: KnownSold;
  readonly guardian: Guardian;
  readonly reconcilePins: ReconcilePins;
  readonly queue: RememberedQueue;
  readonly results: ResultChannel;
  readonly batches: ReserveBatchRunner;
  readonly sweep: Sweep;
  readonly confirm: Confirm;
  readonly checkouts: EndCheckout;
  readonly ids: ReservationIds;
  readonly late: ConfirmLate;
  readonly cancels: CancelOrder;
  readonly settling: Settling;
  readonly relay: Relay;
  readonly notes: WithdrawalNotes;
  readonly supply: SupplyParts;
  now = BEGINNING;

  private constructor(
    readonly config: Config,
    private readonly database: FreshDatabase,
  ) {
    this.log = new Log(rootLogger(config));
    this.postgres = new Postgres(config);
    this.connections = new RedisConnections(config);
    this.connection = new InventoryConnection(this.connections, { fault: null }, config);
    this.rebuilds = new RebuildRequests(this.connection, config);
    this.epochs = new Epochs(this.postgres, this.connection, this.rebuilds, this.log);
    const recent = new RecentCounts(new RedisClock());
    const ledgerMetrics = new LedgerMetrics(this.metrics, untraced, recent);
    this.ledger = new Ledger(this.connection, this.epochs, this.rebuilds, config, this.log, ledgerMetrics);
    const journalPins = new JournalPins(this.postgres, ledgerMetrics, untraced);
    this.journal = new Journal(this.postgres, ledgerMetrics, journalPins);
    this.stock = new Stock(this.ledger);
    this.settings = new SaleSettings(this.ledger, this.postgres);
    this.ended = new EndedHolds(this.connection, this.epochs, config);
    this.pins = new Pins(this.connection, this.epochs, this.ledger, config);
    this.writeEpoch = new WriteEpoch(this.connection, this.ledger, config);
    this.activeSales = new ActiveSales(this.postgres);
    this.clockBeat = new ClockBeat(this.postgres, this.connection, this.ledger, this.activeSales, this.log);
    this.rebuild = new Rebuild(
      ...([this.postgres, this.connection, this.writeEpoch, this.settings] as const),
      ...([this.clockBeat, this.log] as const),
    );
    this.knownSold = new KnownSold(new SoldInRedis(this.connection, config), this.postgres);
    this.guardian = new Guardian(
      this.activeSales,
      this.connection,
      this.writeEpoch,
      this.rebuild,
      this.settings,
      this.log,
      new RebuildMetrics(this.metrics),
      this.knownSold,
      config,
    );
    this.reconcilePins = new ReconcilePins(this.pins, this.journal, this.ledger, config);
    this.queue = new RememberedQueue(undefined as never, config, untraced, this.connections);
    this.results = new ResultChannel(this.connections, config, this.log);
    const refusals = new Refusals(this.metrics, config, this.log, recent);
    const lines = new RefusalLines(refusals, new SaleCatalog(this.postgres, this.log));
    const reserving = new ReserveMetrics(this.metrics, refusals, new RedisClock(), lines, recent);
    const sweeping = new SweepMetrics(this.metrics, refusals, lines);
    this.batches = new ReserveBatchRunner(
      ...([this.ledger, this.journal, this.ended, this.postgres, this.results, this.log, reserving] as const),
    );
    this.sweep = new Sweep(this.ledger, this.journal, this.ended, this.queue, this.results, this.postgres, sweeping);
    const payments = new PaymentMetrics(this.metrics, recent);
    this.confirm = new Confirm(this.postgres, this.log, payments, untraced);
    this.checkouts = new EndCheckout(this.postgres, recent);
    const pins = new PinReservation(this.ledger, this.journal, this.postgres, this.results);
    this.ids = new ReservationIds(config);
    const reholds = new ReholdLate(this.ledger, this.journal, this.ids, this.batches, pins);
    this.late = new ConfirmLate(
      ...([this.ledger, this.epochs, this.journal, this.ended, this.postgres, reholds, payments] as const),
    );
    this.cancels = new CancelOrder(this.postgres, new FindOrders(this.postgres));
    this.settling = new Settling(this.ledger, this.journal, this.results);
    this.relay = new Relay(
      ...([this.postgres, new OutboxSubscribers([this.settling]), this.log] as const),
      new OutboxMetrics(this.postgres, this.metrics),
      untraced,
    );
    this.notes = new WithdrawalNotes(this.connection, this.epochs, config);
    this.supply = new SupplyParts(this);
  }

  static async open(): Promise<LedgerHarness> {
    const database = await freshDatabase();
    const harness = new LedgerHarness(
      testConfig(database.url, { TEST_CLOCK: 'true', LOG_LEVEL: process.env['TEST_LOG_LEVEL'] ?? 'silent' }),
      database,
    );
    await harness.connection.untilReady(5_000);
    await harness.postgres.query('CREATE TABLE test_clock (at timestamptz)');
    await harness.postgres.query('INSERT INTO test_clock VALUES ($1)', [new Date(BEGINNING)]);
    await harness.postgres.query(
      `CREATE OR REPLACE FUNCTION ledger_now() RETURNS timestamptz LANGUAGE sql VOLATILE AS 'SELECT at FROM test_clock'`,
    );
    return harness;
  }

  async close(): Promise<void> {
    const keys = await this.connection.redis.keys(`${this.config.keyPrefix}:*`);
    if (keys.length > 0) await this.connection.redis.unlink(...keys);
    await this.connections.onApplicationShutdown();
    await this.postgres.onApplicationShutdown();
    await this.database.drop();
  }

  /** A published sale, built by the guardian. */
  async sale(spec: SaleSpec): Promise<LedgerSale> {
    const sale = new LedgerSale(this, randomChars(10));
    await sale.write(spec);
    const rebuilt = await sale.rebuild();
    if (rebuilt !== 1) throw new Error('the sale was not built; see why with TEST_LOG_LEVEL=info');
    return sale;
  }

  /** How far the clock has been moved, in ms. */
  get elapsed(): number {
    return this.now - BEGINNING;
  }

  /** Moves Postgres's side of the clock; a sale moves its own in Redis. */
  async setClock(now: number): Promise<void> {
    this.now = now;
    await this.postgres.query('UPDATE test_clock SET at = $1', [new Date(now)]);
  }
}

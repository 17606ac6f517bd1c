import { Injectable } from '@nestjs/common';
import { Config } from '../platform/config.js';
import { Log } from '../platform/logging.js';
import { redisUnavailable } from '../platform/redis.js';
import { Epochs, rebuilding, SaleRetired } from './epochs.js';
import { InventoryConnection } from './inventory-connection.js';
import { LedgerMetrics } from './ledger-metrics.js';
import { RebuildRequests } from './rebuild-requests.js';
import { type SaleRef, saleKeys } from './sale-keys.js';
import { loadScript, type Script } from './script.js';

/** The scripts and the arguments that their wrappers pass, as their headers name them. */
const SCRIPTS = {
  accept: ['epoch', 'commands'],
  announce: ['epoch', 'holds'],
  'audit-ended': ['epoch', 'ids'],
  'audit-holds': ['epoch', 'cursor', 'limit'],
  'audit-sku': ['epoch', 'ordinal', 'first', 'count'],
  availability: ['epoch'],
  beat: ['epoch', 'redis', 'postgres', 'leapt'],
  block: ['epoch', 'ordinal', 'version', 'units'],
  'close-epoch': ['epoch'],
  configure: ['epoch', 'revision', 'settings'],
  erase: ['epoch', 'cursor', 'limit', 'customer', 'pseudonym'],
  expire: ['epoch', 'limit'],
  extend: ['epoch', 'id', 'until', 'by'],
  forget: ['epoch', 'cursor', 'age', 'limit'],
  hold: ['epoch', 'ids'],
  'open-epoch': ['epoch', 'stock', 'units', 'holds', 'restocked', 'notes', 'fields'],
  overdue: ['epoch', 'limit'],
  pin: ['epoch', 'id'],
  rehold: ['epoch', 'id', 'customer', 'lines', 'fingerprint'],
  release: ['epoch', 'id', 'by'],
  'requests-of': ['epoch', 'cursor', 'limit', 'customers'],
  restock: ['epoch', 'orders'],
  settle: ['epoch', 'reservations'],
  supply: ['epoch', 'ordinal', 'version', 'limit', 'target', 'page', 'last', 'pages'],
  undo: ['epoch', 'holds'],
  view: ['epoch', 'ids'],
  void: ['epoch', 'holds'],
  withdraw: ['epoch', 'ordinal', 'version', 'as', 'number'],
} as const;

export type ScriptName = keyof typeof SCRIPTS;

/** What changes stock needs the sale's state back; whoever reads, or looks for what is due, finds nothing to do in it. */
const WAKING: ReadonlySet<ScriptName> = new Set([
  ...(['accept', 'hold', 'settle', 'void', 'restock', 'rehold'] as const),
  ...(['supply', 'block', 'withdraw'] as const),
]);

/** What requests wait for: in time, or not at all. The rest is a worker's, which has time and would only ask again. */
const ANSWERING: ReadonlySet<ScriptName> = new Set([
  ...(['accept', 'availability', 'extend', 'pin', 'rehold', 'release', 'view', 'void'] as const),
]);

/** What a script answered, under which epoch. All values of a reply are text. */
export interface LedgerReply {
  readonly epoch: number;
  readonly status: string;
  readonly values: string[];
}

/** Runs scripts on a sale, under its epoch, on a Redis whose run is known. */
@Injectable()
export class Ledger {
  private readonly scripts: Record<ScriptName, Script>;

  constructor(
    private readonly connection: InventoryConnection,
    private readonly epochs: Epochs,
    private readonly rebuilds: RebuildRequests,
    private readonly config: Config,
    private readonly log: Log,
    private readonly metrics: LedgerMetrics,
  ) {
    const names = Object.keys(SCRIPTS) as ScriptName[];
    this.scripts = Object.fromEntries(
      names.map((name) => [name, loadScript(name, SCRIPTS[name], config.testClock)]),
    ) as Record<ScriptName, Script>;
  }

  /**
   * Runs a script under the sale's epoch. An epoch or a state that Redis does not have is looked up again once, then a
   * rebuild is asked for. Throws store-unavailable when Redis or the sale's state is out of reach; then the script may
   * have run. A retired sale answers without Redis where it can, and is woken where it cannot.
   */
  async run(name: ScriptName, sale: SaleRef, args: (string | number)[]): Promise<LedgerReply> {
    for (let attempt = 1; ; attempt++) {
      const known = await this.epochs.current(sale).catch((error: unknown) => this.inRetirement(name, sale, error));
      if ('status' in known) return known;
      const { epoch, runId } = known;
      const reply = await this.runInEpoch(name, sale, epoch, args, runId);
      if (reply.status === 'newer-layout') throw this.epochs.refuseNewer(sale);
      if (reply.status !== 'no-state' && reply.status !== 'stale-epoch') return reply;
      this.epochs.forget(sale);
      if (attempt === 2) {
        await this.rebuilds.ask(sale.id);
        throw rebuilding();
      }
    }
  }

  /** A retired sale holds nothing, so the journal knows; reading must not wake it, and what changes its stock must. */
  private async inRetirement(name: ScriptName, sale: SaleRef, error: unknown): Promise<LedgerReply> {
    if (!(error instanceof SaleRetired)) throw error;
    if (name === 'release' || name === 'pin' || name === 'extend') return { epoch: 0, status: 'unknown', values: [] };
    if (WAKING.has(name)) await this.rebuilds.ask(sale.id);
    throw error;
  }

  /** Runs a script under an epoch that was learned before: announcing and undoing belong to the epoch of their hold. */
  async runInEpoch(
    name: ScriptName,
    sale: SaleRef,
    epoch: number,
    args: (string | number)[],
    runId?: string,
  ): Promise<LedgerReply> {
    const keys = saleKeys(this.config.keyPrefix, sale.key, epoch);
    try {
      const evaluation = this.metrics.script(name, () => this.evaluate(name, keys, [epoch, ...args], runId));
      const [status = '', ...values] = await evaluation;
      return { epoch, status, values };
    } catch (error) {
      if (!(error instanceof Error && error.message.includes('drift:'))) throw error;
      // The script found its own books wrong and wrote nothing: Postgres has the last word.
      this.log.root.error({ err: error, saleId: sale.id, epoch }, 'the ledger of a sale does not add up; rebuilding');
      await this.rebuilds.suspect(sale.id, epoch);
      throw rebuilding();
    }
  }

  private async evaluate(
    name: ScriptName,
    keys: string[],
    args: (string | number)[],
    runId: string | undefined,
  ): Promise<string[]> {
    try {
      const run = (): Promise<unknown> => this.connection.evaluate(this.scripts[name], keys, args, runId);
      const reply = await (ANSWERING.has(name) ? this.connection.answering(run) : run());
      return (reply as (string | number)[]).map(String);
    } catch (error) {
      // An error of the script itself is ours to mend; any other means that Redis did not answer.
      if (
        error instanceof Error &&
        error.name === 'ReplyError' &&
        !/^(LOADING|MISCONF|OOM|READONLY|BUSY|MASTERDOWN|CLUSTERDOWN)/.test(error.message)
      )
        throw error;
      throw redisUnavailable();
    }
  }
}

import { EpochOver } from './in-epoch.js';
import type { Ledger, LedgerReply, ScriptName } from './ledger.js';
import { type HoldRecord, unpackHold } from './records.js';
import type { SaleRef } from './sale-keys.js';

/** 4 ms of Redis for so many holds on a machine with seven times its load; a pause as long follows, so that buyers are not kept waiting. */
const HOLDS_PER_CALL = 250;
const PAGES_PER_CALL = 256;
const IDS_PER_CALL = 1_000;
/** A SKU of more pages than a call reads is read again when it moved meanwhile, at most so often. */
const STILL_TRIES_MAX = 5;

/** A hold as the audit finds it; remarks are those of lua/audit-holds.lua, and an unreadable record is null. */
export interface AuditedHold {
  readonly hold: HoldRecord | null;
  readonly remarks: readonly string[];
}

/** All holds, by tail. `still`: nothing moved while they were read, so they and the counters are of one moment. */
export interface AuditedHolds {
  readonly epoch: number;
  readonly still: boolean;
  /** Counters by ordinal, at the end. */
  readonly stock: ReadonlyMap<number, string>;
  readonly holds: ReadonlyMap<string, AuditedHold>;
}

/** Units and notes are one character a unit; a page without notes is all dots, a page that is missing is not there. */
export interface AuditedSku {
  readonly counters: string;
  readonly units: string;
  readonly notes: string;
}

/** Reads all holds of a sale in pages (lua/audit-holds.lua). Throws EpochOver, or store-unavailable. */
export async function auditHolds(ledger: Ledger, sale: SaleRef): Promise<AuditedHolds> {
  const holds = new Map<string, AuditedHold>();
  const first = await ledger.run('audit-holds', sale, ['0', HOLDS_PER_CALL]);
  const began = takePage(first, holds);
  let page = began;
  while (page.cursor !== '0') {
    page = takePage(
      await paced(() => inEpoch(ledger, 'audit-holds', sale, first.epoch, [page.cursor, HOLDS_PER_CALL])),
      holds,
    );
  }
  return { epoch: first.epoch, still: stampOf(began) === stampOf(page), stock: page.stock, holds };
}

interface HoldsPage {
  readonly cursor: string;
  readonly sequence: string;
  readonly stock: ReadonlyMap<number, string>;
}

function takePage({ values }: LedgerReply, holds: Map<string, AuditedHold>): HoldsPage {
  const [cursor = '0', sequence = '0', count = '0', ...rest] = values;
  const end = Number(count) * 2;
  const stock = new Map<number, string>();
  for (let i = 0; i < end; i += 2) stock.set(Number(rest[i]), rest[i + 1] ?? '');
  for (let i = end; i < rest.length; i += 3) {
    const remarks = (rest[i + 2] ?? '').split(' ').filter(Boolean);
    const hold = remarks.includes('unreadable') ? null : unpackHold(rest[i + 1] ?? '');
    holds.set(rest[i] ?? '', { hold, remarks });
  }
  return { cursor, sequence, stock };
}

function stampOf({ sequence, stock }: HoldsPage): string {
  return `${sequence} ${JSON.stringify([...stock].sort(([a], [b]) => a - b))}`;
}

/** A SKU of one moment (lua/audit-sku.lua); null when a large one moved too often to be read so. Throws as `auditHolds`. */
export async function auditSku(
  ledger: Ledger,
  sale: SaleRef,
  epoch: number,
  ordinal: number,
): Promise<AuditedSku | null> {
  for (let tries = 0; tries < STILL_TRIES_MAX; tries++) {
    const texts: string[] = [];
    let stamp: string | undefined;
    for (let first = 0; ; first += PAGES_PER_CALL) {
      const { values } = await paced(() => inEpoch(ledger, 'audit-sku', sale, epoch, [ordinal, first, PAGES_PER_CALL]));
      const [sequence = '', counters = '', ...pages] = values;
      stamp ??= `${sequence} ${counters}`;
      if (stamp !== `${sequence} ${counters}`) break;
      texts.push(...pages);
      if (pages.length < PAGES_PER_CALL * 2) return joined(counters, texts);
    }
  }
  return null;
}

function joined(counters: string, texts: readonly string[]): AuditedSku {
  const units = texts.filter((_, i) => i % 2 === 0);
  const notes = units.map((page, i) => (texts[i * 2 + 1] ?? '').padEnd(page.length, '.').slice(0, page.length));
  return { counters, units: units.join(''), notes: notes.join('') };
}

/** Which of these Redis neither holds nor remembers to have ended (lua/audit-ended.lua). Throws as `auditHolds`. */
export async function auditGone(
  ledger: Ledger,
  sale: SaleRef,
  epoch: number,
  tails: readonly string[],
): Promise<ReadonlySet<string>> {
  const gone = new Set<string>();
  for (let at = 0; at < tails.length; at += IDS_PER_CALL) {
    const some = tails.slice(at, at + IDS_PER_CALL);
    const { values } = await paced(() => inEpoch(ledger, 'audit-ended', sale, epoch, some));
    for (const [i, word] of values.entries()) if (word === 'gone') gone.add(some[i] ?? '');
  }
  return gone;
}

/** An audit is of one epoch: when that ends, what was read before says nothing any more. */
async function inEpoch(
  ledger: Ledger,
  name: ScriptName,
  sale: SaleRef,
  epoch: number,
  args: (string | number)[],
): Promise<LedgerReply> {
  const reply = await ledger.runInEpoch(name, sale, epoch, args);
  if (reply.status !== 'ok') throw new EpochOver(sale);
  return reply;
}

async function paced<T>(call: () => Promise<T>): Promise<T> {
  const began = performance.now();
  const result = await call();
  const pauseMs = performance.now() - began;
  await new Promise((resolve) => setTimeout(resolve, pauseMs));
  return result;
}

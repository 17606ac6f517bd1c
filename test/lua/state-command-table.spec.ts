import { isDeepStrictEqual } from 'node:util';
import { blockUnits } from '../../src/inventory/block.js';
import { reholdUnits } from '../../src/inventory/rehold.js';
import { withdrawUnits } from '../../src/inventory/withdraw.js';
import { Problem } from '../../src/problems.js';
import { LedgerHarness } from '../ledger-harness.js';
import type { LedgerSale } from '../ledger-sale.js';

let harness: LedgerHarness;
beforeAll(async () => (harness = await LedgerHarness.open()));
afterAll(() => harness.close());

/**
 * What each command answers in each state of a reservation, and the state after it where it
 * changed anything at all.
 * told-of: it was announced, and its hold and its end are gone; the journal knows.
 * restocked: its order was cancelled, and its units are back on sale. drift: the books show that this cannot be; nothing is
 * written, and a rebuild is asked for.
 */
const TABLES = [
  `
state        | accept          | hold              | announce           | release
none         | queued → queued | unknown           | gone               | unknown
queued       | known           | decided → decided | gone               | withdrawn → released
decided      | known           | decided           | held → held        | released → released
decided, due | known           | ended → rejected  | expired → rejected | over → rejected
held         | known           | standing          | held               | released → released
held, due    | known           | ended → expired   | held               | over → expired
checkout     | known           | standing          | held               | checkout
released     | known           | ended             | gone               | over
expired      | known           | ended             | gone               | over
rejected     | known           | ended             | gone               | over
confirmed    | known           | ended             | gone               | over
restocked    | known           | ended             | gone               | over
told-of      | known           | ended             | gone               | unknown
`,
  `
state        | extend             | pin                | void              | settle              | expire
none         | unknown            | unknown            | gone              | gone                | -
queued       | not-held queued    | not-held queued    | gone              | gone                | -
decided      | not-held queued    | not-held queued    | voided → released | gone                | -
decided, due | not-held queued    | not-held queued    | voided → released | gone                | expired → rejected
held         | extended → held    | pinned → checkout  | voided → released | settled → confirmed | -
held, due    | not-held expired   | not-held expired   | voided → released | settled → confirmed | expired → expired
checkout     | not-held checkout  | pinned             | voided → released | settled → confirmed | -
released     | not-held released  | not-held released  | gone              | gone                | -
expired      | not-held expired   | not-held expired   | gone              | gone                | -
rejected     | not-held rejected  | not-held rejected  | gone              | gone                | -
confirmed    | not-held confirmed | not-held confirmed | gone              | gone                | -
restocked    | not-held confirmed | not-held confirmed | gone              | gone                | -
told-of      | unknown            | unknown            | gone              | gone                | -
`,
  `
state        | rehold             | restock
none         | held → decided     | drift
queued       | held → decided     | drift
decided      | held               | drift
decided, due | ended → rejected   | drift
held         | held               | restocked → restocked
held, due    | ended → expired    | restocked → restocked
checkout     | held               | restocked → restocked
released     | ended              | drift
expired      | ended              | drift
rejected     | ended              | drift
confirmed    | ended              | restocked → restocked
restocked    | ended              | gone
told-of      | ended              | drift
`,
  `
state        | block              | withdraw             | supply
none         | blocked → none     | withdrawn → none     | ok → none
queued       | blocked → queued   | withdrawn → queued   | ok → queued
decided      | taken              | short                | ok → decided
decided, due | blocked → rejected | withdrawn → rejected | ok → decided, due
held         | taken              | short                | ok → held
held, due    | blocked → expired  | withdrawn → expired  | ok → held, due
checkout     | taken              | short                | ok → checkout
released     | blocked → released | withdrawn → released | ok → released
expired      | blocked → expired  | withdrawn → expired  | ok → expired
rejected     | blocked → rejected | withdrawn → rejected | ok → rejected
confirmed    | taken              | short                | ok → confirmed
restocked    | blocked → restocked | withdrawn → restocked | ok → restocked
told-of      | blocked → told-of  | withdrawn → told-of  | ok → told-of
`,
];

const HOLD_TTL_MS = 60_000;
const ASK = { id: 'x', lines: '1x2' };
const LINES = [{ ordinal: 1, unitPrice: 1_000, requested: 2, named: false, units: [1, 2] }];

/** Brings the reservation into a state. */
const REACH: Record<string, (sale: LedgerSale) => Promise<unknown>> = {
  none: () => Promise.resolve(),
  queued: (sale) => sale.accept(ASK),
  decided: (sale) => sale.decide(ASK),
  'decided, due': (sale) => sale.decide(ASK).then(() => sale.advance(HOLD_TTL_MS)),
  held: (sale) => sale.reserve(ASK),
  'held, due': (sale) => sale.reserve(ASK).then(() => sale.advance(HOLD_TTL_MS)),
  checkout: (sale) => sale.reserve(ASK).then(() => sale.pin('x')),
  released: (sale) => sale.reserve(ASK).then(() => sale.run('release', sale.tail('x'))),
  expired: async (sale) => {
    await sale.reserve(ASK);
    await sale.advance(HOLD_TTL_MS);
    await sale.run('expire', 10);
  },
  rejected: (sale) => sale.decide({ ...ASK, lines: '1x99' }),
  confirmed: (sale) => sale.reserve(ASK).then(() => sale.sell('x')),
  restocked: async (sale) => {
    await sale.reserve(ASK);
    await sale.sell('x');
    await sale.cancel('x', true);
    await sale.restock('x');
  },
  'told-of': async (sale) => {
    await sale.accept(ASK);
    await harness.connection.redis.zrem(sale.redisKey('queued'), sale.tail('x'));
  },
};

/** Gives the command; its answer in a word or two. */
const COMMANDS: Record<string, (sale: LedgerSale) => Promise<string>> = {
  accept: async (sale) => (await sale.accept(ASK))[0]?.split(' ')[0] ?? '',
  hold: async (sale) => (await sale.hold('x'))[0]?.split(' ')[0] ?? '',
  announce: async (sale) => (await sale.announce('x'))[0] ?? '',
  release: async (sale) => (await sale.run('release', sale.tail('x')))[0] ?? '',
  extend: async (sale) => wordsOf(await sale.run('extend', sale.tail('x'))),
  pin: async (sale) => wordsOf(await sale.run('pin', sale.tail('x'))),
  void: async (sale) => (await sale.run('void', sale.tail('x'), 'released', 9))[1] ?? '',
  settle: async (sale) => (await sale.run('settle', sale.tail('x'), await versionSold(sale)))[1] ?? '',
  rehold: async (sale) => {
    const again = { tail: sale.tail('x'), customerId: 'ann', lines: LINES, fingerprint: 'print' };
    return (await reholdUnits(harness.ledger, sale, again)).word;
  },
  restock: async (sale) => {
    const sold = (await sale.requestOf('x'))?.status === 'confirmed';
    if (sold) await sale.cancel('x', true);
    const version = sold ? 5 : await versionCancelled(sale);
    const args = [sale.tail('x'), version, sale.tail('x'), 'ann', '1 1000 2 0 1,2'];
    return sale.run('restock', ...args).then(([, word = '']) => word, problemOf);
  },
  expire: async (sale) => ((await sale.run('expire', 10))[3] === sale.tail('x') ? 'expired' : '-'),
  // What there is to sell: the unit that x would have, all of the SKU, and a target of nothing.
  block: async (sale) => (await blockUnits(harness.ledger, sale, { ordinal: 1, version: 0, units: [1] })).word,
  withdraw: async (sale) =>
    (await withdrawUnits(harness.ledger, sale, { ordinal: 1, version: 0, as: 'capacity', number: 0 })).word,
  supply: async (sale) => (await sale.run('supply', 1, 1, 0, 0, 0, 1, '11111'))[0] ?? '',
};

const wordsOf = ([word = '', why = '']: string[]): string => (word === 'not-held' ? `not-held ${why}` : word);

/** Only what Postgres has confirmed is settled: the journal is brought there by itself. */
async function versionSold(sale: LedgerSale): Promise<number> {
  const hold = await sale.holdOf('x');
  if (!hold) return 9;
  const row = (await sale.row('x')) ?? (await journalLate(sale));
  if (row?.status === 'held') {
    const pinned = { ...hold, version: hold.version + 1, checkoutExpiresAt: harness.now };
    await harness.journal.pin(sale, 1, sale.tail('x'), pinned);
  }
  return sale.confirm('x');
}

/** A restock tells of an order that was cancelled: one is made of what is held. */
async function versionCancelled(sale: LedgerSale): Promise<number> {
  const version = await versionSold(sale);
  await sale.cancel('x', true);
  return version + 1;
}

/** Books that do not add up are the one failure that asks for a rebuild. */
function problemOf(error: unknown): string {
  if (error instanceof Problem && error.code === 'store-unavailable') return 'drift';
  throw error;
}

async function journalLate(sale: LedgerSale): Promise<Awaited<ReturnType<LedgerSale['row']>>> {
  const { tail, hold, request } = await sale.journalled('x');
  await harness.journal.insert(sale, 1, [{ tail, request, hold: { ...hold, expiresAt: harness.now + 1 } }]);
  return sale.row('x');
}

async function stateIn(sale: LedgerSale): Promise<string> {
  const hold = await sale.holdOf('x');
  const due = hold && hold.state !== 'checkout' && harness.now >= hold.expiresAt;
  if (hold) return due ? `${hold.state}, due` : hold.state;
  const [, , request = ''] = await sale.run('view', sale.tail('x'));
  const [status = ''] = request.split('\n');
  if ((await sale.state()).restocked) return 'restocked';
  return status === '' ? 'none' : status === 'held' ? 'told-of' : status;
}

interface Cell {
  readonly state: string;
  readonly command: string;
  readonly expected: string;
}

function cellsOf(table: string): Cell[] {
  const [head = '', ...rows] = table.trim().split('\n');
  const [, ...commands] = head.split('|').map((text) => text.trim());
  return rows.flatMap((row) => {
    const [state = '', ...cells] = row.split('|').map((text) => text.trim());
    return cells.map((expected, i) => ({ state, command: commands[i] ?? '', expected }));
  });
}

const cells = TABLES.flatMap(cellsOf);

describe('a reservation', () => {
  it.each(cells)('that is $state answers $command with: $expected', async ({ state, command, expected }) => {
    const sale = await harness.sale({
      skus: [{ units: 5 }],
      holdTtlSeconds: HOLD_TTL_MS / 1_000,
      queueTimeoutSeconds: 300,
    });
    await REACH[state]?.(sale);
    expect(await stateIn(sale)).toBe(state);
    await sale.balanced();
    const before = await sale.state();
    const answer = await COMMANDS[command]?.(sale);
    const changed = !isDeepStrictEqual(before, await sale.state());
    expect(changed ? `${answer} → ${await stateIn(sale)}` : answer).toBe(expected);
    await sale.balanced();
  });
});

it('the table has every state and every command', () => {
  const every = Object.keys(REACH).flatMap((state) => Object.keys(COMMANDS).map((command) => `${state} × ${command}`));
  expect(cells.map(({ state, command }) => `${state} × ${command}`).sort()).toEqual(every.sort());
});

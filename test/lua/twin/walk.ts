import { readdirSync, readFileSync } from 'node:fs';
import { Redis } from 'ioredis';
import { saleKey, saleKeys, SALE_KEYS } from '../../../src/inventory/sale-keys.js';
import { loadScript, type Script } from '../../../src/inventory/script.js';
import { randomChars } from '../../../src/platform/ids.js';
import { bareCounters, type Call } from './choices.js';
import { holdText, requestText } from './records.js';
import { TwinSku } from './sku.js';
import { runStep, type Step } from './steps.js';
import { figures } from './keeping.js';
import { EPOCH, SETTINGS, Twin } from './twin.js';

type Contents = Record<string, Record<string, string>>;

const FOLDER = 'src/inventory/lua';
const BEGINNING = Date.UTC(2030, 0, 1);
const SETS = new Set(['queued', 'due', 'pins']);
/** A look at everything costs as much as six scripts, and what a script does wrong mostly stays wrong. */
const STEPS_PER_LOOK = 4;
/** Few units that customers meet over, on both sides of the border of a page; of the rest most was never on sale. */
const UNITS = ['111b11', `11${'-'.repeat(252)}1111b`];

/** The real scripts on a real Redis, each step in one pipeline, beside their twin. */
export class Walks {
  private readonly scripts = new Map<string, Script>();
  private readonly prefix = `twin-${randomChars(10)}`;
  private readonly redis: Redis;

  private constructor(url: string) {
    this.redis = new Redis(url);
  }

  static async open(url: string): Promise<Walks> {
    const walks = new Walks(url);
    for (const file of readdirSync(FOLDER).filter((name) => name.endsWith('.lua'))) {
      const name = file.replace('.lua', '');
      const source = readFileSync(`${FOLDER}/${file}`, 'utf8');
      const args = [...source.matchAll(/^ARGV\[\d+…?\]\s+(\S+)/gm)].map((match) => match[1] ?? '');
      const script = loadScript(name, args, true);
      await walks.redis.script('LOAD', script.text);
      walks.scripts.set(name, script);
    }
    return walks;
  }

  async close(): Promise<void> {
    await this.redis.quit();
  }

  /** Takes every step on a new sale, then compares. Throws at the first step whose answer or outcome is another. */
  async walk(steps: readonly Step[]): Promise<void> {
    const key = randomChars(10);
    const twin = new Twin(BEGINNING, [new TwinSku('1', UNITS[0]!, 4), new TwinSku('2', UNITS[1]!, 0)]);
    const pipeline = this.redis.pipeline();
    const checks: (() => void)[] = [];
    const replies: unknown[] = [];
    const note = (check: (reply: unknown) => void): void => {
      const at = checks.length;
      checks.push(() => check(replies[at]));
    };
    this.begin(key, twin, pipeline, note);
    for (const [at, step] of steps.entries()) {
      const call = runStep(twin, step);
      this.send(key, call, pipeline, note);
      if (at % STEPS_PER_LOOK === 0 || at === steps.length - 1) this.look(key, twin, call, pipeline, note);
    }
    pipeline.unlink(...saleKeys(this.prefix, key, EPOCH));
    for (const [error, reply] of (await pipeline.exec()) ?? []) replies.push(error ?? reply);
    for (const check of checks) check();
  }

  private begin(key: string, twin: Twin, pipeline: Pipeline, note: Note): void {
    const meta = { epoch: EPOCH, last: BEGINNING, sequence: 0, ...twin.settings, ...SETTINGS };
    pipeline.hset(this.keyOf(key, 'meta'), meta);
    note(() => undefined);
    for (const sku of twin.skus) {
      const [numbered, capacity, available, held, checkout, sold, blocked, limit] = figures(twin, sku);
      const counters = [numbered, capacity, available, held, checkout, sold, blocked, 0, limit].join(' ');
      pipeline.hset(this.keyOf(key, 'stock'), sku.ordinal, counters);
      note(() => undefined);
      pipeline.hset(this.keyOf(key, 'units'), Object.fromEntries(sku.unitFields()));
      note(() => undefined);
    }
  }

  private send(key: string, call: Call, pipeline: Pipeline, note: Note): void {
    if (call.now !== undefined) {
      pipeline.hset(this.keyOf(key, 'meta'), 'last', call.now);
      return note(() => undefined);
    }
    const script = this.scripts.get(call.script);
    if (!script) throw new Error(`there is no script ${call.script}`);
    const keys = saleKeys(this.prefix, key, call.epoch ?? EPOCH);
    pipeline.evalsha(script.sha, keys.length, ...keys, call.epoch ?? EPOCH, ...call.args);
    note((reply) => {
      const words = Array.isArray(reply) ? (reply as unknown[]).map(String) : [String(reply)];
      compare(call, call.read ? call.read(words) : words, call.expected);
    });
  }

  /** Everything that Redis has of the sale, to the last character. */
  private look(key: string, twin: Twin, call: Call, pipeline: Pipeline, note: Note): void {
    const expected = contentsOf(twin);
    for (const name of SALE_KEYS) {
      if (name === 'clock') continue;
      if (SETS.has(name)) pipeline.zrange(this.keyOf(key, name), '0', '-1', 'WITHSCORES');
      else pipeline.hgetall(this.keyOf(key, name));
      note((reply) => compareContents(call, name, reply, expected[name] ?? {}));
    }
  }

  private keyOf(key: string, name: (typeof SALE_KEYS)[number]): string {
    return saleKey(this.prefix, key, EPOCH, name);
  }
}

type Pipeline = ReturnType<Redis['pipeline']>;
type Note = (check: (reply: unknown) => void) => void;

function compare(call: Call, actual: readonly string[], expected: readonly string[]): void {
  if (actual.length === expected.length && actual.every((word, i) => word === expected[i])) return;
  expect({ after: call.text, answer: actual }).toEqual({ after: call.text, answer: expected });
}

function compareContents(call: Call, name: string, reply: unknown, expected: Record<string, string>): void {
  const actual = Array.isArray(reply) ? pairsOf(reply as string[]) : (reply as Record<string, string>);
  if (name === 'stock')
    for (const ordinal of Object.keys(actual)) actual[ordinal] = bareCounters(actual[ordinal] ?? '');
  if (name === 'customer-units')
    for (const customer of Object.keys(actual)) actual[customer] = actual[customer]!.split(' ').sort().join(' ');
  const names = Object.keys(actual);
  if (names.length === Object.keys(expected).length && names.every((field) => actual[field] === expected[field]))
    return;
  expect({ after: call.text, key: name, ...actual }).toEqual({ after: call.text, key: name, ...expected });
}

function pairsOf(list: string[]): Record<string, string> {
  const pairs: Record<string, string> = {};
  for (let i = 0; i < list.length; i += 2) pairs[list[i] ?? ''] = list[i + 1] ?? '';
  return pairs;
}

function contentsOf(twin: Twin): Contents {
  const texts = <T>(of: Iterable<[string, T]>, text: (value: T) => string = String): Record<string, string> =>
    Object.fromEntries(Array.from(of, ([field, value]) => [field, text(value)]));
  const deadlines = twin.due().map((tail): [string, number] => [tail, twin.holds.get(tail)!.expiresAt]);
  const meta = { epoch: EPOCH, last: twin.now, sequence: twin.sequence, ...SETTINGS, ...twin.settings };
  return {
    meta: { ...texts(Object.entries(meta)), ...(twin.revision > 0 && { revision: String(twin.revision) }) },
    requests: texts(twin.requests, requestText),
    queued: texts(twin.queued),
    'customer-requests': texts(twin.indexes, (tails) => tails.join(' ')),
    holds: texts(twin.holds, holdText),
    due: texts(deadlines),
    pins: texts(twin.pins),
    stock: texts(
      twin.skus.map((sku): [string, TwinSku] => [sku.ordinal, sku]),
      (sku) => figures(twin, sku).join(' '),
    ),
    units: texts(twin.skus.flatMap((sku) => sku.unitFields())),
    'customer-units': texts(customersOf(twin)),
    ended: texts(twin.ended),
    restocked: texts(twin.restocked),
    withdrawn: texts(twin.skus.flatMap((sku) => sku.noteFields())),
  };
}

function customersOf(twin: Twin): [string, string][] {
  const customers = new Set([...twin.holds.values(), ...twin.sold].map(({ customer }) => customer));
  return [...customers].flatMap((customer): [string, string][] => {
    const counts = twin.skus.map(({ ordinal }) => [ordinal, twin.owned(customer, ordinal)] as const);
    const text = counts.flatMap(([ordinal, count]) => (count > 0 ? [`${ordinal}=${count}`] : [])).join(' ');
    return text === '' ? [] : [[customer, text]];
  });
}

import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { arrivalsOf, busiestSecond } from './arrivals.js';
import { describePlan } from './dry-run.js';
import { HELP, readOptions } from './options.js';
import { PERSONA_NAMES } from './personas/all-personas.js';
import { PlanRefused } from './plan-file.js';
import { SHAPES, unitsOf } from './plan.js';
import { readPlan } from './read-plan.js';

function faultsOf(read: () => unknown): readonly string[] {
  try {
    read();
  } catch (error) {
    if (error instanceof PlanRefused) return error.faults;
    throw error;
  }
  return [];
}

function planFile(content: string): string {
  const path = join(mkdtempSync(join(tmpdir(), 'holdfast-plan-')), 'plan.json');
  writeFileSync(path, content);
  return path;
}

describe('a plan', () => {
  it('is whole when nothing is said', () => {
    const plan = readPlan({});
    expect(plan).toMatchObject({ buyers: 50_000, overSeconds: 30, shape: 'spike', leftovers: 'run-out' });
    expect(unitsOf(plan)).toBe(500);
    expect(Object.keys(plan.personas).sort()).toEqual([...PERSONA_NAMES].sort());
    expect(plan.carts.some(({ lines }) => lines.length > 1)).toBe(true);
    expect(plan.carts.some(({ lines }) => lines.some(({ named }) => named))).toBe(true);
  });

  it('has as many units as it says, however they are divided', () => {
    for (const units of [1, 19, 20, 21, 500, 40_000]) expect(unitsOf(readPlan({ units }))).toBe(units);
    expect(unitsOf(readPlan({ buyers: 300, stock: 'plentiful' }))).toBe(1_200);
  });

  it('does not wait for the end of holds that last for long', () => {
    expect(readPlan({ sale: { holdTtlSeconds: 600 } }).leftovers).toBe('give-back');
  });

  it.each([
    [{ buyers: 0 }, '/buyers must be >= 1'],
    [{ buyer: 10 }, '/buyer is not a member that is known here'],
    [{ shape: 'flood' }, '/shape must be one of spike, ramp, waves, steady'],
    [{ over: 'soon' }, '/over must be a duration from 500ms to 6h, such as 30s or 2m; it is soon'],
    [{ personas: { ghost: 3 } }, '/personas/ghost is not a name that is known here'],
    [{ personas: { bot: 0 } }, '/personas are all 0: nobody would come'],
    [{ units: 5, stock: 'scarce' }, '/stock goes without /units and /skus'],
    [{ sale: { holdTtlSeconds: 1 } }, '/sale/holdTtlSeconds must be >= 5'],
    [{ skus: [{ name: 'A', units: ['1', '1'] }] }, '/skus/0/units has a name twice'],
    [
      { skus: [{ name: 'A', units: 5 }], carts: [{ share: 1, lines: [{ sku: 'B' }] }] },
      '/carts/0/lines/0/sku B is none of A',
    ],
    [
      { skus: [{ name: 'A', units: 5 }], carts: [{ share: 1, lines: [{ sku: 'A', quantity: 1, named: 1 }] }] },
      '/carts/0/lines/0 has quantity and named; a line is one or the other',
    ],
  ])('that is wrong, %j, is told where and why', (given, fault) => {
    expect(faultsOf(() => readPlan(given))).toContain(fault);
  });

  it('tells everything that is wrong at once', () => {
    expect(faultsOf(() => readPlan({ buyers: -1, seed: 1.5 }))).toHaveLength(2);
  });
});

describe('the command line', () => {
  it('goes over a plan file', () => {
    const path = planFile('{"buyers": 10, "units": 7, "personas": {"bot": 1}, "sale": {"latePayment": "refuse"}}');
    const { plan } = readOptions(['--plan', path, '--buyers', '20_000', '--stock', 'scarce', '--hold', '12s']);
    expect(plan).toMatchObject({ buyers: 20_000, personas: { bot: 1 } });
    expect(unitsOf(plan)).toBe(200);
    expect(plan.sale).toMatchObject({ latePayment: 'refuse', holdTtlSeconds: 12 });
  });

  it.each([
    [['--buyers', 'many'], '--buyers must be a whole number; it is many'],
    [['--crowd', '7'], "Unknown option '--crowd'. See npm run drop -- --help"],
    [['--personas', 'bot'], '--personas takes name=share,name=share; bot is not'],
    [['--url', 'localhost:3000'], '--url must begin with http:// or https://; it is localhost:3000'],
    [['--generators', '0'], '--generators must be from 1 to 64; it is 0'],
    [['--hold', 'long'], '--hold must be whole seconds or minutes, such as 10s; it is long'],
  ])('%j is refused in a sentence', (args, fault) => {
    expect(faultsOf(() => readOptions(args))).toEqual([fault]);
  });

  it('names the plan file that is wrong, and the place in it', () => {
    const path = planFile('{"over": "30s", "buyers": "all"}');
    expect(faultsOf(() => readOptions(['--plan', path]))).toEqual([`${path}: /buyers must be integer`]);
    expect(faultsOf(() => readOptions(['--plan', planFile('{')]))[0]).toMatch(/is no JSON/);
    expect(faultsOf(() => readOptions(['--plan', '/nowhere.json']))[0]).toMatch(/cannot be read/);
  });

  it('explains every option and persona', () => {
    expect(readOptions(['--help']).help).toBe(true);
    for (const name of PERSONA_NAMES) expect(HELP).toContain(`${name}=`);
  });
});

describe('arrivals', () => {
  it.each(SHAPES)('of a %s come within the time, in order, the same for a seed', (shape) => {
    const plan = readPlan({ buyers: 2_000, over: '4s', shape });
    const arrivals = arrivalsOf(plan);
    expect(arrivals).toHaveLength(2_000);
    expect([...arrivals]).toEqual([...arrivals].sort((a, b) => a - b));
    expect(arrivals[0]).toBeGreaterThanOrEqual(0);
    expect(arrivals.at(-1)).toBeLessThanOrEqual(4_000);
    expect(arrivalsOf(plan)).toEqual(arrivals);
    expect(arrivalsOf({ ...plan, seed: 2 })).not.toEqual(arrivals);
  });

  it('have the form of their shape', () => {
    const share = (shape: (typeof SHAPES)[number], from: number, to: number): number => {
      const plan = readPlan({ buyers: 20_000, over: '10s', shape });
      return arrivalsOf(plan).filter((at) => at >= from * 10_000 && at < to * 10_000).length / plan.buyers;
    };
    expect(share('steady', 0, 0.5)).toBeCloseTo(0.5, 1);
    expect(share('spike', 0, 0.25)).toBeCloseTo(0.64, 1);
    expect(share('ramp', 0.5, 1)).toBeCloseTo(0.75, 1);
    expect(share('waves', 0, 1 / 3)).toBeCloseTo(1 / 3, 1);
    expect(busiestSecond(Float64Array.from([0, 100, 900, 1_000, 1_100]))).toBe(3);
  });
});

describe('a dry run', () => {
  it('says who comes, for what, and what is called', () => {
    const text = describePlan(readPlan({ buyers: 100, units: 40, over: '2s' }), 1).join('\n');
    for (const word of ['100 buyers for 40 units', 'Stalls, by name: A-1', 'fast-buyer', 'POST /v1/admin/sales'])
      expect(text).toContain(word);
  });
});

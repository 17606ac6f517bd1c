import { readFileSync } from 'node:fs';
import type { Operation } from '../chaos/history.js';
import { Site } from '../e2e/site.js';
import { ADMIN_KEY, STOREFRONT_KEY } from '../e2e/storefront.js';
import { TEST_JWT_SECRET } from '../settings.js';
import type { Target } from './generator.js';
import { crowdHere } from './generators.js';
import { LiveView } from './live-view.js';
import { PERSONA_NAMES } from './personas/all-personas.js';
import { readLedger, type FinalLedger } from './read-ledger.js';
import type { Plan } from './plan.js';
import { readPlan } from './read-plan.js';
import { type Outcome, rehearse, type Stage } from './rehearsal.js';
import { pageOf } from './report/page-of.js';
import { CannotRehearse } from './service.js';
import { summaryOf } from './summary.js';
import { judge } from './verdict.js';

/** Far longer than any of them takes on an idle machine. */
const PATIENCE_MS = 120_000;
/** However slow the machine is, nothing runs out. */
const LONG_HOLDS = { holdTtlSeconds: 600 };

let site: Site;

beforeAll(async () => {
  site = await Site.all();
});

afterAll(() => site.close());

const lines: string[] = [];
const screen = { write: (text: string): unknown => lines.push(text) };

function target(): Target {
  const jwt = { secret: TEST_JWT_SECRET, issuer: 'holdfast', audience: 'holdfast' };
  return { url: site.url, adminKey: ADMIN_KEY, storefrontKey: STOREFRONT_KEY, jwt };
}

function stageOf(given: object, more: Partial<Stage> = {}): Stage {
  const plan = readPlan({ over: '1s', pace: 0.05, leftovers: 'give-back', ...given });
  return {
    ...{ plan, target: target(), generators: 1, crowd: crowdHere, stop: new AbortController().signal },
    audience: new LiveView(plan, screen),
    ...more,
  };
}

const findingsOf = ({ verdict }: Outcome): string[] => verdict.checks.flatMap(({ findings }) => findings);

describe('a rehearsal', () => {
  let scarce: Outcome;

  it(
    'of a scarce drop, with everybody who may come, ends in a good verdict',
    async () => {
      scarce = await rehearse(stageOf({ buyers: 300, units: 20, sale: { holdTtlSeconds: 5 } }));
      expect(findingsOf(scarce)).toEqual([]);
      expect(scarce.verdict.passed).toBe(true);
      expect(scarce.verdict.figures.sold).toBeLessThanOrEqual(20);
      expect(scarce.figures.counts).toMatchObject({ arrivals: 300, inside: 0 });
      expect(scarce.fairness.personas.map(({ persona }) => persona).sort()).toEqual([...PERSONA_NAMES].sort());
      expect(scarce.fairness.personas.reduce((sum, { unitsBought }) => sum + unitsBought, 0)).toBe(
        scarce.verdict.figures.sold,
      );
      expect(Object.keys(scarce.figures.refused)).not.toEqual([]);
      const { body } = await site.shop().availability(scarce.saleId);
      expect(body.status).toBe('closed');
    },
    PATIENCE_MS,
  );

  it(
    'of a plentiful one, too, where buyers come with tokens of their own',
    async () => {
      const personas = { 'fast-buyer': 6, waiter: 2, poller: 1, releaser: 1 };
      const outcome = await rehearse(
        stageOf({ buyers: 150, stock: 'plentiful', callers: 'buyers', personas, sale: LONG_HOLDS }),
      );
      expect(findingsOf(outcome)).toEqual([]);
      expect(outcome.verdict.figures.orders).toBeGreaterThan(0);
      // Refused is only who chose a seat that another one had chosen.
      expect(outcome.figures.refused).not.toHaveProperty('sold-out');
    },
    PATIENCE_MS,
  );

  it(
    'that is stopped ends with the report so far',
    async () => {
      const stop = new AbortController();
      const stage = stageOf({ buyers: 2_000, over: '10m', units: 30, shape: 'steady' }, { stop: stop.signal });
      let came = 0;
      const crowd: Stage['crowd'] = (task) => {
        const inner = crowdHere(task);
        const look = setInterval(() => {
          came = inner.tally().counts.arrivals;
          if (came < 3) return;
          clearInterval(look);
          stop.abort();
        }, 20);
        return inner;
      };
      const outcome = await rehearse({ ...stage, crowd });
      expect(findingsOf(outcome)).toEqual([]);
      expect(outcome.stopped).toBe(true);
      expect(outcome.figures.counts.arrivals).toBeLessThan(2_000);
      expect(pageOf(outcome, 'npm run drop').html).toContain('stopped early');
    },
    PATIENCE_MS,
  );

  it('tells how it goes in plain lines where there is no terminal, and how it ended', () => {
    expect(lines.join('')).toMatch(/300 buyers get ready/);
    expect(lines.join('')).not.toContain('\x1b');
    const text = summaryOf(scarce).join('\n');
    expect(text).toContain('nothing lost, nothing sold twice');
    expect(text).toContain('300 buyers');
  });

  it('draws a picture in a terminal, and takes it off again', () => {
    const drawn: string[] = [];
    const view = new LiveView(scarce.plan, { isTTY: true, columns: 120, write: (text: string) => drawn.push(text) });
    view.show({ atMs: 1_000, figures: scarce.figures, stock: scarce.stock.at(-1) });
    view.clear();
    expect(drawn[0]).toContain('300 of 300');
    expect(drawn[0]).toContain(Object.keys(scarce.figures.refused)[0]);
    expect(drawn[1]).toMatch(new RegExp(`^\\x1b\\[${drawn[0]?.split('\n').length ?? 0}A`.replace(/\d+A$/, '\\d+A')));
  });

  it('writes a page that needs no network and is safe whatever it was told', () => {
    const plan = { ...scarce.plan, name: '<img onerror=alert(1)>' };
    const { html } = pageOf({ ...scarce, plan }, 'npm run drop -- --name "</script><script>"');
    expect(html).not.toMatch(/<img/);
    expect(html).not.toMatch(/\b(?:src|href)\s*=|@import|url\(|\bfetch\(|XMLHttpRequest|import\s*\(/);
    expect(html).toContain("default-src 'none'");
    expect(html.match(/<script/g)).toHaveLength(3);
    const [, series = ''] = /<script type="application\/json" id="series">(.*?)<\/script>/s.exec(html) ?? [];
    const { stock, fairness } = JSON.parse(series) as { stock: { at: number[] }; fairness: { at: number[] } };
    expect(stock.at.length).toBeGreaterThan(1);
    expect(fairness.at.length).toBeGreaterThan(1);
    expect(html).toContain(readFileSync('node_modules/uplot/dist/uPlot.iife.min.js', 'utf8').slice(0, 200));
  });
});

describe('the auditor', () => {
  const few = { buyers: 60, units: 20, personas: { 'fast-buyer': 5, releaser: 1 }, over: '500ms', sale: LONG_HOLDS };
  let plan: Plan;
  let ledger: FinalLedger;
  let history: readonly Operation[];

  beforeAll(async () => {
    const stage = stageOf(few, { readLedger: async (rush) => (ledger = await readLedger(rush)) });
    ({ plan, history } = await rehearse(stage));
  }, PATIENCE_MS);

  /** The checks that fail when somebody has changed the books, or what a client was told. */
  const failed = (changed: Partial<FinalLedger>, told = history): string[] =>
    judge(plan, { ...ledger, ...changed }, told, [])
      .checks.filter(({ findings }) => findings.length > 0)
      .map(({ name }) => name);

  it('finds nothing where nobody has changed anything', () => {
    expect(failed({})).toEqual([]);
  });

  it('notices a unit that is sold twice', () => {
    const [first, second, ...rest] = ledger.orders;
    const orders = [first!, { ...second!, places: first!.places }, ...rest];
    expect(failed({ orders })).toContain('None twice');
  });

  it('notices an order that is gone', () => {
    const wanted = ['Sold exactly', 'None leaked', 'Every payment settled'];
    expect(failed({ orders: ledger.orders.slice(1) })).toEqual(expect.arrayContaining(wanted));
  });

  it('notices an order that nobody knows of', () => {
    const [first, ...rest] = ledger.orders;
    const orders = [{ ...first!, reservationId: 'rsv_nobodys' }, ...rest];
    expect(failed({ orders })).toContain('Sold exactly');
  });

  it('notices a unit that leaked', () => {
    const [first, ...rest] = ledger.skus;
    const skus = [{ ...first!, available: first!.available - 1 }, ...rest];
    expect(failed({ skus })).toEqual(['None leaked']);
  });

  it('notices a client who was told something else', () => {
    const at = history.findIndex(({ kind, told }) => kind === 'checkout' && told?.standing === 'checkout');
    const { told, ...operation } = history[at]!;
    const changed = history.with(at, { ...operation, told: { ...told!, places: ['elsewhere:1'] } });
    expect(failed({}, changed)).toEqual(['Nobody told otherwise']);
  });

  it('notices stores that do not agree', () => {
    const check = { verdict: 'drift', findings: ['sums: SKU 1 does not add up'], compared: {} };
    expect(failed({ check })).toEqual(['Both stores agree']);
  });

  it('notices an answer outside the contract', () => {
    expect(judge(plan, ledger, history, ['confirm: 500']).passed).toBe(false);
  });
});

describe('a service that cannot be rehearsed with', () => {
  it('is told what is missing', async () => {
    const refused = (more: Partial<Target>): Promise<unknown> =>
      rehearse(stageOf({ buyers: 1 }, { target: { ...target(), ...more } })).catch((error: unknown) => error);
    expect(await refused({ url: 'http://127.0.0.1:9' })).toBeInstanceOf(CannotRehearse);
    expect(String(await refused({ adminKey: 'hf_sk_nobodys' }))).toMatch(/does not take the admin key .*ADMIN_API_KEY/);
    expect(String(await refused({ storefrontKey: ADMIN_KEY }))).toMatch(/storefront/);
  });
});

import { type ProblemCode, PROBLEMS } from '../../../src/problems.js';
import { percentileMs } from '../figures.js';
import { PERSONAS } from '../personas/all-personas.js';
import type { Outcome } from '../rehearsal.js';
import { duration, html, type Markup, n, percent } from './markup.js';

const FINDINGS_SHOWN_MAX = 50;

export function verdictBanner({ verdict, stopped, plan, startedAt, tookMs, url, version }: Outcome): Markup {
  const failed = verdict.checks.filter(({ findings }) => findings.length > 0).length;
  const said = verdict.passed
    ? 'Nothing lost, nothing sold twice.'
    : `${failed} of ${verdict.checks.length} checks failed.`;
  const began = new Date(startedAt).toISOString();
  return html`<header class="banner ${verdict.passed ? 'good' : 'bad'}">
    <p class="mark" aria-hidden="true">${verdict.passed ? '✓' : '✗'}</p>
    <div>
      <h1>${plan.name}</h1>
      <p class="said">${said}</p>
      <p class="when">
        <time datetime="${began}">${began.slice(0, 16).replace('T', ' ')} UTC</time>,
        ${duration(tookMs)}${stopped && ', stopped early'} · ${url} · Holdfast ${version}
      </p>
    </div>
  </header>`;
}

export function notices({ health, stopped, figures, plan }: Outcome): Markup {
  const early = `Stopped by hand after ${n(figures.counts.arrivals)} of ${n(plan.buyers)} buyers. The verdict is of what there was.`;
  const lines = [...(stopped ? [early] : []), ...health.limits.map((limit) => `The generator was the limit. ${limit}`)];
  return html`${lines.map((line) => html`<p class="notice">${line}</p>`)}`;
}

export function tiles({ figures, verdict, stock, plan, tookMs }: Outcome): Markup {
  const { capacity, sold, orders } = verdict.figures;
  const decisions = figures.latency.get('decision');
  const at = (share: number): string => (decisions ? duration(percentileMs(decisions, share)) : 'none');
  const busiest = Math.max(0, ...figures.seconds.map(({ answers }) => answers));
  const out = stock.find(({ available }) => available === 0);
  const refused = Object.values(figures.refused).reduce((sum, count) => sum + count, 0);
  const tile = (label: string, value: string, more: string): Markup =>
    html`<div class="tile">
      <dt>${label}</dt>
      <dd>${value}<small>${more}</small></dd>
    </div>`;
  return html`<dl class="tiles">
    ${tile('Units sold', n(sold), `of ${n(capacity)}, in ${n(orders)} orders`)}
    ${tile('Buyers', n(figures.counts.arrivals), `${plan.shape} over ${plan.overSeconds} s, ${duration(tookMs)} in all`)}
    ${tile('A buyer knew after', at(50), `p50; p99 ${at(99)}, at most ${at(100)}`)}
    ${tile('Busiest second', n(busiest), `answers; ${n(figures.counts.requests)} requests in all`)}
    ${tile('All taken', out ? duration(Math.max(0, out.at)) : 'never', out ? 'after the opening, none left for a moment' : 'something was always available')}
    ${tile('Refusals', n(refused), `of ${Object.keys(figures.refused).length} kinds, each with its reason`)}
  </dl>`;
}

export function verdictTable({ verdict }: Outcome): Markup {
  return html`<ul class="checks">
    ${verdict.checks.map(
      ({ name, asks, looked, findings }) =>
        html`<li class="${findings.length === 0 ? 'good' : 'bad'}">
          <span class="mark" aria-label="${findings.length === 0 ? 'passed' : 'failed'}"
            >${findings.length === 0 ? '✓' : '✗'}</span
          >
          <div>
            <h3>${name}</h3>
            <p>${asks}</p>
            <p class="looked">${looked}</p>
            ${
              findings.length > 0 &&
              html`<ul class="findings">
                ${findings.slice(0, FINDINGS_SHOWN_MAX).map((each) => html`<li>${each}</li>`)}
              </ul>`
            }
            ${findings.length > FINDINGS_SHOWN_MAX && html`<p class="looked">… and ${n(findings.length - FINDINGS_SHOWN_MAX)} more</p>`}
          </div>
        </li>`,
    )}
  </ul>`;
}

/** `numbers`: which columns are. */
function table(
  heads: readonly string[],
  rows: readonly (readonly (string | Markup)[])[],
  numbers: readonly number[],
  name: string,
): Markup {
  const kind = (at: number): string => (numbers.includes(at) ? 'number' : '');
  // A narrow window scrolls a table sideways: the keyboard has to reach it, and it has to have a name there.
  return html`<div class="scrolls" tabindex="0" role="region" aria-label="${name}">
    <table>
      <thead>
        <tr>
          ${heads.map((head, i) => html`<th class="${kind(i)}" scope="col">${head}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (row) =>
            html`<tr>
              ${row.map((cell, i) => html`<td class="${kind(i)}">${cell}</td>`)}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

const KINDS: Record<string, string> = {
  decision: 'From the click to knowing',
  'decision of a poller': '… of those who ask again and again',
  'decision of a waiter': '… of those who wait by a long poll',
  reserve: 'POST reservations',
  read: 'GET, long polls included',
  extend: 'POST extend',
  checkout: 'POST checkout',
  confirm: 'POST confirm',
  release: 'DELETE',
};

export function latencyTable({ figures }: Outcome): Markup {
  const rows = Object.entries(KINDS).flatMap(([name, said]) => {
    const of = figures.latency.get(name);
    if (!of) return [];
    return [[said, n(of.totalCount), ...[50, 90, 99, 99.9, 100].map((each) => duration(percentileMs(of, each)))]];
  });
  return table(['what', 'count', 'p50', 'p90', 'p99', 'p99.9', 'max'], rows, [1, 2, 3, 4, 5, 6], 'Latencies');
}

const isProblem = (code: string): code is ProblemCode => code in PROBLEMS;

export function refusalTable({ figures }: Outcome): Markup {
  const { refused, unanswered } = figures;
  const said = (code: string): string => (isProblem(code) ? PROBLEMS[code].title : '');
  const rows = [
    ...Object.entries(refused).map(([code, count]) => ({ code, count, means: said(code) })),
    ...Object.entries(unanswered).map(([code, count]) => ({
      code,
      count,
      means: 'No answer; asked again with the same key',
    })),
  ].sort((a, b) => b.count - a.count);
  if (rows.length === 0) return html`<p>Nobody was refused anything.</p>`;
  return table(
    ['code', 'count', 'what it says'],
    rows.map(({ code, count, means }) => [html`<code>${code}</code>`, n(count), means]),
    [1],
    'Refusals by code',
  );
}

export function fairnessText({ fairness }: Outcome): Markup {
  const { refused, overtaken, overtakenMsMax } = fairness;
  if (refused === 0) return html`<p>Nobody was refused for want of units.</p>`;
  const share = percent(overtaken / refused);
  return overtaken === 0
    ? html`<p>
        <strong>First come, first served.</strong> Of ${n(refused)} buyers whose first request found no units, none had
        been overtaken by a later request of the same kind.
      </p>`
    : html`<p>
        Of ${n(refused)} buyers whose first request found no units,
        <strong>${n(overtaken)} (${share}) had been overtaken</strong>: while they waited, a later request of the same
        kind got units. The later one had come <strong>${duration(overtakenMsMax)}</strong> after them at most.
      </p>`;
}

export function personaTable({ fairness, verdict }: Outcome): Markup {
  const buyers = fairness.personas.reduce((sum, each) => sum + each.buyers, 0);
  const units = Math.max(1, verdict.figures.sold);
  const does = new Map<string, string>(PERSONAS.map(({ name, does: what }) => [name, what]));
  const rows = fairness.personas
    .toSorted((a, b) => b.buyers - a.buyers)
    .map(({ persona, ...each }) => [
      html`<strong>${persona}</strong><small>${does.get(persona) ?? ''}</small>`,
      ...[n(each.buyers), n(each.held), n(each.bought), n(each.unitsBought)],
      `${percent(each.buyers / buyers)} → ${percent(each.unitsBought / units)}`,
    ]);
  const heads = ['who', 'came', 'held', 'bought', 'units', 'of buyers → of units'];
  return table(heads, rows, [1, 2, 3, 4, 5], 'What each kind of buyer got');
}

export function generatorTable({ health }: Outcome): Markup {
  const rows = [
    ['Processes that played the crowd', n(health.generators)],
    ['Requests made later than they were due, p99', duration(health.lateP99Ms)],
    ['… at most', duration(health.lateMaxMs)],
    ['Waiting for a connection, p99', duration(health.connectingP99Ms)],
    ['Longest stall of the event loop', duration(health.stalledMaxMs)],
    ['Busy', percent(health.busy)],
  ];
  return table(['figure', 'value'], rows, [1], 'The generator itself');
}

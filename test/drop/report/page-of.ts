import { readFileSync } from 'node:fs';
import { arch, cpus, platform, totalmem } from 'node:os';
import { resolve } from 'node:path';
import { percentileMs } from '../figures.js';
import type { Outcome } from '../rehearsal.js';
import { chartSeriesOf } from './chart-series.js';
import { html, jsonInPage, Markup, n } from './markup.js';
import * as sections from './sections.js';

/** Commands run in the root of the repository. */
const text = (path: string): Markup => new Markup(readFileSync(resolve(path), 'utf8'));

/** A page that needs nothing but itself: it opens from a disk and from a mail, and its own policy forbids it the network. */
export function pageOf(outcome: Outcome, command: string): { html: string; figures: object } {
  const { plan } = outcome;
  const chart = (id: string, title: string, said: string): Markup =>
    html`<figure>
      <figcaption>
        <h3>${title}</h3>
        <p>${said}</p>
      </figcaption>
      <div class="chart" id="${id}" role="img" aria-label="${title}. ${said}"></div>
    </figure>`;
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta
          http-equiv="Content-Security-Policy"
          content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:"
        />
        <title>${plan.name}: ${outcome.verdict.passed ? 'passed' : 'failed'}</title>
        <style>
          ${text('node_modules/uplot/dist/uPlot.min.css')}
        </style>
        <style>
          ${text('test/drop/report/page.css')}
        </style>
      </head>
      <body>
        ${sections.verdictBanner(outcome)}
        <main>
          ${sections.notices(outcome)} ${sections.tiles(outcome)}
          <section>
            <h2>The auditor's verdict</h2>
            <p>From the final ledger and from every answer that every buyer got.</p>
            ${sections.verdictTable(outcome)}
          </section>
          <section>
            <h2>Stock</h2>
            ${chart('stock', 'Where the units were', 'Sold, in checkout, held, and available, four times a second until everything was at rest.')}
          </section>
          <section>
            <h2>Pace</h2>
            ${chart('pace', 'A second', 'Buyers who came, requests that went out, answers that came back, and holds that were made. Buyers come whether or not answers do.')}
          </section>
          <section>
            <h2>Latency</h2>
            ${chart('latency', 'From the click to knowing, over time', 'Held or refused, from when the buyer was due to ask: a request that had to wait its turn has waited.')}
            ${chart('percentiles', 'By percentile', 'One in so many took longer than that.')}
            ${sections.latencyTable(outcome)}
          </section>
          <section>
            <h2>Refusals</h2>
            ${chart('refusals', 'A second, by code', 'Every refusal that a buyer was told, those before a repeat included.')}
            ${sections.refusalTable(outcome)}
          </section>
          <section>
            <h2>Fairness</h2>
            ${sections.fairnessText(outcome)}
            ${chart('fairness', 'Order of arrival against outcome', 'From the first who came to the last, in per cent of neighbours. Units that come back go to whoever asks then.')}
            ${sections.personaTable(outcome)}
          </section>
          <section>
            <h2>The generator itself</h2>
            <p>
              ${outcome.health.limits.length === 0 ? 'It kept up: these figures are the service’s.' : 'It did not keep up; see above.'}
            </p>
            ${sections.generatorTable(outcome)}
          </section>
          <section>
            <h2>To repeat it</h2>
            <pre><code>${command}</code></pre>
            <p>${machine()}</p>
            <details>
              <summary>The plan, whole</summary>
              <pre><code>${JSON.stringify(plan, null, 2)}</code></pre>
            </details>
          </section>
        </main>
        <script type="application/json" id="series">
          ${jsonInPage(chartSeriesOf(outcome))}
        </script>
        <script>
          ${text('node_modules/uplot/dist/uPlot.iife.min.js')};
        </script>
        <script type="module">
          ${text('test/drop/report/draw-charts.mjs')};
        </script>
      </body>
    </html> `;
  return { html: page.text, figures: figuresOf(outcome, command) };
}

function machine(): string {
  const [first] = cpus();
  const gigabytes = Math.round(totalmem() / 2 ** 30);
  return `Generated on ${platform()} ${arch()}, ${n(cpus().length)} × ${first?.model.trim() ?? 'unknown'}, ${gigabytes} GB, Node ${process.version}.`;
}

/** The same for programs. */
function figuresOf(outcome: Outcome, command: string): object {
  const { figures, verdict, health, fairness, plan, startedAt, tookMs, stopped, url, version } = outcome;
  const latency = [...figures.latency].map(([name, of]) => {
    const ms = Object.fromEntries([50, 90, 99, 99.9, 100].map((each) => [`p${each}`, percentileMs(of, each)]));
    return [name, { count: of.totalCount, ...ms }];
  });
  return {
    ...{ command, url, version, startedAt: new Date(startedAt).toISOString(), tookMs, stopped, verdict, health },
    ...{ counts: figures.counts, refused: figures.refused, unanswered: figures.unanswered },
    latencyMs: Object.fromEntries(latency) as object,
    fairness: { ...fairness, groups: undefined },
    plan,
  };
}

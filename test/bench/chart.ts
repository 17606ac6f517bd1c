import type { Standing } from './report.js';
import { type RowOutcome, shown } from './table.js';

const ROW_HEIGHT = 30;
const [LABELS, BARS, FIGURES] = [190, 520, 330];

/** A page that needs nothing else: the table, and a bar for each contender. */
export function chartOf(outcomes: readonly RowOutcome[], standings: readonly Standing[], caption: string): string {
  const rows = outcomes.map(({ row, median, reached }) => {
    const verdict = Number.isNaN(median) ? '–' : reached ? 'reached' : 'not reached';
    return `<tr><td>${escaped(row.figure)}</td><td>${escaped(row.asked)}</td><td>${shown(median, row.unit)}</td><td>${verdict}</td></tr>`;
  });
  return `<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Holdfast bench</title>
<style>
  :root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif; }
  body { max-width: 68rem; margin: 2rem auto; padding: 0 1rem; }
  table { border-collapse: collapse; width: 100%; }
  th, td { text-align: left; padding: .35rem .6rem; border-bottom: 1px solid #8884; }
  svg { width: 100%; height: auto; margin-top: 2rem; }
  text { fill: currentColor; font-size: 13px; }
  rect { fill: #7a8ea8; }
  rect.ours { fill: #1f8a5b; }
</style>
<h1>Holdfast bench</h1>
<p>${escaped(caption)}</p>
<table><thead><tr><th>figure</th><th>asked</th><th>measured</th><th></th></tr></thead><tbody>
${rows.join('\n')}
</tbody></table>
${barsOf(standings)}
</html>
`;
}

function barsOf(standings: readonly Standing[]): string {
  const most = Math.max(1, ...standings.map(({ perSecond }) => perSecond));
  const sorted = [...standings].sort((a, b) => b.perSecond - a.perSecond);
  const bars = sorted.map((standing, i) => barOf(standing, i * ROW_HEIGHT, (standing.perSecond / most) * BARS));
  const box = `0 0 ${LABELS + BARS + FIGURES} ${Math.max(1, sorted.length) * ROW_HEIGHT}`;
  return `<svg viewBox="${box}" role="img" aria-label="Requests a second of each contender">\n${bars.join('\n')}\n</svg>`;
}

function barOf({ name, perSecond, p50Ms, p99Ms, cpuMicros }: Standing, y: number, width: number): string {
  const { generator: _, ...spent } = cpuMicros;
  const cpu = Object.values(spent).reduce((sum, micros) => sum + (Number.isNaN(micros) ? 0 : micros), 0);
  const figures = `${shown(perSecond, '/s')} · p50 ${shown(p50Ms, 'ms')} · p99 ${shown(p99Ms, 'ms')} · ${shown(cpu, 'µs CPU')}`;
  const ours = name.startsWith('reserve') ? ' class="ours"' : '';
  return [
    `<text x="0" y="${y + 19}">${escaped(name)}</text>`,
    `<rect x="${LABELS}" y="${y + 4}" width="${width.toFixed(1)}" height="${ROW_HEIGHT - 10}" rx="3"${ours}/>`,
    `<text x="${(LABELS + width + 8).toFixed(1)}" y="${y + 19}">${figures}</text>`,
  ].join('');
}

const escaped = (text: string): string => text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);

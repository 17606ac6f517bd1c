import { accessSync, constants, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { crowdOfProcesses } from './generators.js';
import type { Target } from './generator.js';
import { LiveView, type Screen } from './live-view.js';
import type { Options } from './options.js';
import { type Outcome, rehearse } from './rehearsal.js';
import { pageOf } from './report/page-of.js';
import { CannotRehearse } from './service.js';
import { summaryOf } from './summary.js';

export interface RunOptions extends Pick<Options, 'plan' | 'report'> {
  readonly generators: number;
  readonly target: Target;
  /** For what is kept of a run. */
  readonly folder: string;
  readonly stop: AbortSignal;
  readonly screen: Screen;
  /** What was typed, to be repeated by whoever reads the report. */
  readonly command: string;
}

/** A rehearsal on the command line: shows it, writes the report, and returns the exit code. */
export async function runDrop(options: RunOptions): Promise<number> {
  const { plan, target, generators, folder, stop, screen } = options;
  const parts = join(folder, 'parts');
  mkdirSync(parts, { recursive: true });
  if (options.report !== null) refuseUnwritable(options.report);
  const view = new LiveView(plan, screen);
  try {
    const outcome = await rehearse({
      ...{ plan, target, generators, stop, audience: view },
      crowd: (task) => crowdOfProcesses(task, generators, parts),
    });
    view.clear();
    const path = writeReport(outcome, options);
    screen.write(`\n${summaryOf(outcome).join('\n')}\n\nReport: ${path}\n`);
    if (!outcome.verdict.passed) return 1;
    return outcome.stopped ? 130 : 0;
  } finally {
    view.clear();
    rmSync(parts, { recursive: true, force: true });
  }
}

/** Known before anybody comes: a rehearsal whose report has no place would be over for nothing. */
function refuseUnwritable(report: string): void {
  const folder = dirname(resolve(report));
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.W_OK);
  } catch (error) {
    throw new CannotRehearse(`--report ${report} cannot be written: ${(error as Error).message}`);
  }
}

/** The page for people, and beside it the same figures for programs. */
function writeReport(outcome: Outcome, { report, folder, command }: RunOptions): string {
  const name = new Date(outcome.startedAt).toISOString().slice(0, 19).replaceAll(':', '-');
  const path = resolve(report ?? join(folder, `${name}.html`));
  mkdirSync(dirname(path), { recursive: true });
  const { html, figures } = pageOf(outcome, command);
  writeFileSync(path, html);
  writeFileSync(path.replace(/(\.html)?$/, '.json'), `${JSON.stringify(figures, null, 2)}\n`);
  return path;
}

import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, readFileSync, rmSync } from 'node:fs';
import type { Mutant } from './mutants.js';

interface Kept {
  readonly script: string;
  readonly from: number;
  readonly to: number;
  readonly after: string;
}

/**
 * Which mutants were killed, on disk, so that a run can go on where one was stopped. It holds while the script is the
 * same; survivors are tried again, since there may be a test by now.
 */
export class KeptOutcomes {
  private readonly killed = new Set<string>();

  constructor(
    private readonly path: string,
    resume: boolean,
  ) {
    if (!resume) rmSync(path, { force: true });
    if (!existsSync(path)) return;
    for (const line of readFileSync(path, 'utf8').split('\n').filter(Boolean)) {
      this.killed.add(keyOf(JSON.parse(line) as Kept));
    }
  }

  wasKilled(mutant: Mutant, source: string): boolean {
    return this.killed.has(keyOf({ ...mutant, script: hashOf(mutant.file, source) }));
  }

  keep({ file, from, to, after }: Mutant, source: string): void {
    const kept: Kept = { script: hashOf(file, source), from, to, after };
    appendFileSync(this.path, `${JSON.stringify(kept)}\n`);
  }
}

const keyOf = ({ script, from, to, after }: Kept): string => JSON.stringify([script, from, to, after]);

const hashOf = (file: string, source: string): string =>
  createHash('sha256').update(file).update(source).digest('hex').slice(0, 16);

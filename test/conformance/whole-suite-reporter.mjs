// When the whole suite has run and passed, it must have provoked every problem that the OpenAPI document promises; how
// many of the documented answers it has met is told. A run of some files says nothing of this.
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const testFolder = new URL('..', import.meta.url);

export default class WholeSuiteReporter {
  constructor() {
    const scratch = process.env.TEST_SCRATCH_DIRECTORY;
    this.folder = scratch && join(scratch, 'answers');
  }

  onRunStart() {
    if (this.folder) rmSync(this.folder, { recursive: true, force: true });
  }

  onRunComplete(_contexts, results) {
    // Where there is no browser its tests are left out; they provoke nothing that others do not.
    const specs = readdirSync(testFolder, { recursive: true }).filter(
      (name) => name.endsWith('.spec.ts') && (process.env.TEST_CHROMIUM_BIN || !name.startsWith('browser/')),
    ).length;
    const whole = results.numTotalTestSuites >= specs && results.numPassedTests === results.numTotalTests;
    if (!whole || !this.folder || !existsSync(this.folder)) return;
    const [seen, promised] = [this.answers('seen'), this.answers('promised')];
    const met = [...promised].filter((answer) => seen.has(answer)).length;
    console.log(`\n${met} of ${promised.size} documented answers were met, and none that is not documented.`);
    const [provoked, promisedCodes] = [codesOf(seen), codesOf(promised)];
    const missing = [...promisedCodes].filter((code) => !provoked.has(code));
    if (missing.length === 0) return;
    this.error = new Error(`no test provokes ${missing.sort().join(', ')}, which the OpenAPI document promises`);
    console.error(`\n${this.error.message}\n`);
  }

  getLastError() {
    return this.error;
  }

  answers(kind) {
    const files = readdirSync(this.folder).map((name) => JSON.parse(readFileSync(join(this.folder, name), 'utf8')));
    return new Set(files.flatMap((file) => file[kind]));
  }
}

/** An answer is `operation status`, and the code where it is a problem. */
function codesOf(answers) {
  return new Set([...answers].map((answer) => answer.split(' ')[2]).filter(Boolean));
}

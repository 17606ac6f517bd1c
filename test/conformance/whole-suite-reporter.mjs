// When the whole suite has run and passed, it must have met every answer that the OpenAPI document promises, or
// answers-not-met.json says why not. A run of some files says nothing of this.
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const reasonsFile = new URL('answers-not-met.json', import.meta.url);
const testFolder = new URL('..', import.meta.url);

export default class WholeSuiteReporter {
  constructor(config) {
    this.config = config;
    this.folder = join(process.env.TEST_SCRATCH_DIRECTORY ?? '', 'answers');
  }

  onRunStart() {
    if (process.env.TEST_SCRATCH_DIRECTORY) rmSync(this.folder, { recursive: true, force: true });
  }

  onRunComplete(_contexts, results) {
    const specs = readdirSync(testFolder, { recursive: true }).filter((name) => name.endsWith('.spec.ts')).length;
    const whole = results.numTotalTestSuites >= specs && results.numPassedTests === results.numTotalTests;
    if (!whole || !process.env.TEST_SCRATCH_DIRECTORY) return;
    const faults = compare(this.answers('seen'), this.answers('promised'));
    if (faults.length === 0) return;
    this.error = new Error(`the tests and the OpenAPI document do not agree:\n  ${faults.join('\n  ')}`);
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

function compare(seen, promised) {
  const reasons = JSON.parse(readFileSync(reasonsFile, 'utf8'));
  const excuseOf = (answer) =>
    Object.keys(reasons).find((line) =>
      line.startsWith('* ') ? answer.split(' ').slice(1).join(' ') === line.slice(2) : line === answer,
    );
  const missing = [...promised].filter((answer) => !seen.has(answer));
  const unexcused = missing.filter((answer) => !excuseOf(answer));
  const needless = Object.keys(reasons).filter((line) => !missing.some((answer) => excuseOf(answer) === line));
  return [
    ...unexcused.sort().map((answer) => `no test meets: ${answer}`),
    ...needless.map((line) => `answers-not-met.json excuses what is met, or not promised: ${line}`),
  ];
}

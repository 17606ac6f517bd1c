import { readFileSync } from 'node:fs';
import type { LoadPlan } from './load-plan.js';

const DIGITS = 9;

/** The bytes of the requests of a plan, each with a value of its own; null when the values are used up. */
export class Requests {
  /** Of each request that is taken in turn: what stands between its values. */
  private readonly turns: string[][];
  private readonly values: string[] | null;
  used = 0;

  constructor(private readonly plan: LoadPlan) {
    this.values = plan.valuesFile === undefined ? null : readFileSync(plan.valuesFile, 'utf8').trim().split('\n');
    this.turns = [plan, ...(plan.others ?? [])].map(({ path, body }) => this.partsOf(path, body));
  }

  next(): string | null {
    const value = this.values
      ? this.values[this.used]
      : String(this.plan.firstNumber + this.used).padStart(DIGITS, '0');
    if (value === undefined) return null;
    const parts = this.turns[this.used % this.turns.length];
    this.used++;
    return parts?.join(value) ?? null;
  }

  private partsOf(path: string, body: string): string[] {
    const filled = body.replaceAll('{n}', this.values?.[0] ?? '0'.repeat(DIGITS));
    const headers = { host: '127.0.0.1', 'content-type': 'application/json', ...this.plan.headers };
    const head = [
      `${this.plan.method} ${path} HTTP/1.1`,
      ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
      `content-length: ${Buffer.byteLength(filled)}`,
    ];
    return `${head.join('\r\n')}\r\n\r\n${body}`.split('{n}');
  }
}

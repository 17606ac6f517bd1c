import { readFileSync } from 'node:fs';
import type { LoadPlan } from './load-plan.js';

const DIGITS = 9;

/** The bytes of the requests of a plan, each with a value of its own; null when the values are used up. */
export class Requests {
  private readonly parts: string[];
  private readonly values: string[] | null;
  used = 0;

  constructor(private readonly plan: LoadPlan) {
    this.values = plan.valuesFile === undefined ? null : readFileSync(plan.valuesFile, 'utf8').trim().split('\n');
    const body = plan.body.replaceAll('{n}', this.values?.[0] ?? '0'.repeat(DIGITS));
    const headers = { host: '127.0.0.1', 'content-type': 'application/json', ...plan.headers };
    const head = [
      `${plan.method} ${plan.path} HTTP/1.1`,
      ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
      `content-length: ${Buffer.byteLength(body)}`,
    ];
    this.parts = `${head.join('\r\n')}\r\n\r\n${plan.body}`.split('{n}');
  }

  next(): string | null {
    const value = this.values
      ? this.values[this.used]
      : String(this.plan.firstNumber + this.used).padStart(DIGITS, '0');
    if (value === undefined) return null;
    this.used++;
    return this.parts.join(value);
  }
}

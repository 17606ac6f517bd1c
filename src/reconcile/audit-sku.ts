import type { AuditedSku } from '../inventory/audit-reads.js';
import { type SkuCounters, unpackCounters } from '../inventory/sku-counters.js';
import type { Finding } from './audit-finding.js';

const UNITS_PER_PAGE = 256;
/** In the margin of lua/fragments/units.lua: what is noted as withdrawn, beside how the unit is marked. */
const NOTED = new Set(['--', 'bb', 'db']);

/** Counters, marks and notes of one SKU of one moment: each finding is certain. Null counters: not readable. */
export function auditSkuAlone(
  ordinal: number,
  { counters: text, units, notes }: AuditedSku,
): { counters: SkuCounters | null; findings: Finding[] } {
  const counters = unpackCounters(text);
  if (!counters) return { counters, findings: [{ kind: 'sums', text: `SKU ${ordinal} has no counters in Redis` }] };
  return { counters, findings: [...sumsOf(ordinal, counters), ...marksOf(ordinal, counters, units, notes)] };
}

function sumsOf(ordinal: number, counters: SkuCounters): Finding[] {
  const { available, held, checkout, sold, blocked, capacity } = counters;
  const sum = available + held + checkout + sold + blocked;
  const parts = `available ${available} + held ${held} + checkout ${checkout} + sold ${sold} + blocked ${blocked}`;
  const findings: Finding[] = [];
  if (sum !== capacity)
    findings.push({ kind: 'sums', text: `SKU ${ordinal}: ${parts} = ${sum}, and its capacity is ${capacity}` });
  if (Math.min(available, held, checkout, sold, blocked, capacity) < 0)
    findings.push({ kind: 'sums', text: `SKU ${ordinal}: a counter is below zero: ${parts}, capacity ${capacity}` });
  return findings;
}

function marksOf(ordinal: number, counters: SkuCounters, units: string, notes: string): Finding[] {
  const { numbered, capacity, available, held, checkout, sold, blocked, cursor } = counters;
  const marks = countMarks(units);
  const wanted = { 1: available, 0: held + checkout + sold, b: blocked, '-': numbered - capacity };
  const text = (m: Record<string, number>): string =>
    `${m['1']} available, ${m['0']} taken, ${m['b']} blocked, ${m['-']} withdrawn`;
  const findings: Finding[] = [];
  if (units.length !== numbered)
    findings.push({
      kind: 'marks',
      text: `SKU ${ordinal} has marks for ${units.length} units, and ${numbered} numbers`,
    });
  else if (text(marks) !== text(wanted))
    findings.push({ kind: 'marks', text: `SKU ${ordinal} is marked ${text(marks)}; its counters say ${text(wanted)}` });
  const skipped = units.slice(0, cursor * UNITS_PER_PAGE).indexOf('1');
  if (skipped >= 0)
    findings.push({
      kind: 'marks',
      text: `SKU ${ordinal}: unit ${skipped + 1} is available, and is looked for from page ${cursor} on`,
    });
  const wrong = Array.from(notes).findIndex((note, at) => note !== '.' && !NOTED.has(note + (units[at] ?? '')));
  if (wrong >= 0)
    findings.push({
      kind: 'marks',
      text: `SKU ${ordinal}: unit ${wrong + 1} is noted as withdrawn, and marked ${units[wrong]}`,
    });
  return findings;
}

function countMarks(units: string): Record<string, number> {
  const counts: Record<string, number> = { 1: 0, 0: 0, b: 0, '-': 0 };
  for (let at = 0; at < units.length; at++) {
    const mark = units[at] ?? '';
    counts[mark] = (counts[mark] ?? 0) + 1;
  }
  return counts;
}

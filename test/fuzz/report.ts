import type { Fault, Fuzzing } from './fuzzing.js';

/** What was met, for a person: counts, and of each fault how to see it again. */
export function reportOf(fuzzing: Fuzzing, seed: number): string {
  return [countsOf(fuzzing, seed), ...fuzzing.faults.map(faultText)].join('\n');
}

export function countsOf({ requests, walks, statuses, faults, verdicts }: Fuzzing, seed: number): string {
  const counts = [...statuses].sort(([a], [b]) => a - b).map(([status, times]) => `${status}: ${times}`);
  return [
    `${requests} requests in ${walks} walks from seed ${seed}; ${faults.length} faults`,
    `  answers  ${counts.join(' · ')}`,
    `  met      ${verdicts.seen.size} of ${verdicts.promised} documented answers, and some without a route`,
  ].join('\n');
}

/** A fault, how to walk to it again, and every request of the way. */
export function faultText({ message, seed, path, curls }: Fault): string {
  return [
    `\n✗ ${message}`,
    `  again: npm run fuzz -- --seed ${seed} --path ${path}`,
    ...curls.map((curl) => `  ${curl}`),
  ].join('\n');
}

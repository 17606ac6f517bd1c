import type { Fault, Fuzzing } from './fuzzing.js';

/** What was met, for a person: counts, and of each fault how to see it again. */
export function reportOf({ requests, walks, statuses, faults, verdicts }: Fuzzing, seed: number): string {
  const counts = [...statuses].sort(([a], [b]) => a - b).map(([status, times]) => `${status}: ${times}`);
  return [
    `${requests} requests in ${walks} walks from seed ${seed}; ${faults.length} faults`,
    `  answers  ${counts.join(' · ')}`,
    `  met      ${verdicts.seen.size} of ${verdicts.promised} documented answers, and some without a route`,
    ...faults.flatMap(faultLines),
  ].join('\n');
}

function faultLines({ message, seed, path, curls }: Fault, at: number): string[] {
  return [
    `\n${at + 1}. ${message}`,
    `  again: npm run fuzz -- --seed ${seed} --path ${path}`,
    ...curls.map((curl) => `  ${curl}`),
  ];
}

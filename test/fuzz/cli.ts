import { parseArgs } from 'node:util';
import { Fuzzing } from './fuzzing.js';
import { countsOf, faultText } from './report.js';

/** Walks side by side; each has its own seed, so that what one does is the same whatever the others do. */
const LANES = 3;
const PROGRESS_MS = process.stdout.isTTY ? 500 : 10_000;

const { values } = parseArgs({
  options: {
    requests: { type: 'string' },
    seed: { type: 'string' },
    path: { type: 'string' },
    answers: { type: 'boolean' },
  },
});
const required = (name: string): string => {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set`);
  return value;
};
const requests = Number(values.requests ?? 20_000);
const seed = Number(values.seed ?? Math.trunc(Math.random() * 2 ** 31));
if (!Number.isInteger(requests) || requests < 1 || !Number.isInteger(seed))
  throw new Error('--requests and --seed take whole numbers');

const fuzzing = await Fuzzing.of(required('FUZZ_URL'), {
  adminKey: required('ADMIN_API_KEY'),
  storefrontKey: required('STOREFRONT_API_KEY'),
  jwtSecret: process.env['JWT_SECRET'],
  metricsToken: process.env['METRICS_TOKEN'],
});
fuzzing.onFault = (fault) => process.stdout.write(`${faultText(fault)}\n\n`);
process.once('SIGTERM', () => {
  process.stdout.write(`\nstopped early\n${countsOf(fuzzing, seed)}\n`);
  process.exit(130);
});
const startedAt = performance.now();
const line = (): string => {
  const each = (performance.now() - startedAt) / fuzzing.requests;
  return `${fuzzing.requests} of ${requests} requests, ${each.toFixed(1)} ms each, ${fuzzing.faults.length} faults, seed ${seed}`;
};
const progress = setInterval(() => {
  process.stdout.write(process.stdout.isTTY ? `\r\u001b[K  ${line()}` : `  ${line()}\n`);
}, PROGRESS_MS);
const lanes = values.path === undefined ? Array.from({ length: LANES }, (_, lane) => seed + lane * 1_000) : [seed];
try {
  await Promise.all(
    lanes.map((own) => fuzzing.run({ seed: own, requests: Math.ceil(requests / lanes.length), path: values.path })),
  );
} finally {
  clearInterval(progress);
  fuzzing.close();
}
if (values.answers)
  for (const [answer, times] of [...fuzzing.verdicts.seen].sort())
    process.stdout.write(`${String(times).padStart(8)}  ${answer}\n`);
process.stdout.write(`${process.stdout.isTTY ? '\r\u001b[K' : ''}\n${countsOf(fuzzing, seed)}\n`);
process.exitCode = fuzzing.faults.length > 0 ? 1 : 0;

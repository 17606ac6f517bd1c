// `npm run check:deep`: what takes longer than a change should wait for. Each part prints its own progress and how to
// see a finding again; the parts that failed are named at the end. `npm run check:deep -- fuzz model` runs some of them.
import { Refusal } from './refusal.mjs';

/** Long walks, and another seed each time, which is printed. */
const WALKED = {
  ...{ MODEL_COMMANDS: '3000000', MODEL_SECONDS: '7200', MODEL_SEED: String(Math.trunc(Math.random() * 2 ** 30)) },
  PROTOCOL: 'full',
};

const PARTS = {
  mutation: { what: 'every small change of the Lua scripts', command: './mutate.mjs', args: [] },
  model: {
    what: '3,000,000 commands beside the twin, and the protocol with faults together',
    ...{ command: './test.mjs', args: ['test/lua/scripts-model', 'test/model/protocol'], env: WALKED },
  },
  crashes: {
    what: 'every fault in every gap of every transition',
    ...{ command: './test.mjs', args: ['test/crash-matrix/crash-matrix'], env: { CRASH_MATRIX: 'all' } },
  },
  'fuzz-101': { what: '20,000 requests from seed 101', ...fuzz(101) },
  'fuzz-202': { what: '20,000 requests from seed 202', ...fuzz(202) },
};

function fuzz(seed) {
  return { command: './fuzz.mjs', args: ['--requests', '20000', '--seed', String(seed)] };
}

export async function run({ args, progress, stopping }) {
  const names = Object.keys(PARTS).filter((name) => args.length === 0 || args.some((asked) => name.startsWith(asked)));
  if (names.length === 0) throw new Refusal(`There is no such part. Parts: ${Object.keys(PARTS).join(', ')}`);
  const outcomes = [];
  for (const name of names) {
    const { what, command, args: own, env = {} } = PARTS[name];
    progress.note(`${name}: ${what}`);
    const began = performance.now();
    const code = await inEnvironment(env, async () => (await import(command)).run({ args: own, progress, stopping }));
    outcomes.push({ name, what, code, minutes: (performance.now() - began) / 60_000 });
    if (stopping.asked) return 130;
  }
  console.log('');
  for (const { name, what, code, minutes } of outcomes)
    console.log(`${code === 0 ? '✓' : '✗'} ${name.padEnd(10)} ${minutes.toFixed(1).padStart(5)} min  ${what}`);
  return outcomes.every(({ code }) => code === 0) ? 0 : 1;
}

async function inEnvironment(env, work) {
  const before = Object.fromEntries(Object.keys(env).map((name) => [name, process.env[name]]));
  Object.assign(process.env, env);
  try {
    return await work();
  } finally {
    for (const [name, value] of Object.entries(before))
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
  }
}

import { fork } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { BenchStores } from '../bench-stores.js';
import { cpuSecondsOf } from '../cpu-time.js';
import type { Program } from '../program.js';
import type { LoadPlan, LoadResult, LoadSaid } from './load-plan.js';

const GENERATOR = fileURLToPath(new URL('./generator.js', import.meta.url));

/** CPU microseconds for each answer, by who spent them; null where this machine does not tell. */
export interface CpuEach {
  readonly [stage: string]: number | null;
}

export interface Sample extends LoadResult {
  readonly cpu: CpuEach;
}

/** Has a generator of its own process carry out the plan, and reads what the programs and stores spent meanwhile. */
export async function runLoad(stores: BenchStores, programs: readonly Program[], plan: LoadPlan): Promise<Sample> {
  const path = join(stores.folder, 'load.json');
  writeFileSync(path, JSON.stringify(plan));
  const spent = (): Record<string, number | null> => ({
    ...Object.fromEntries(programs.map(({ name, pid }) => [name, cpuSecondsOf(pid)])),
    redis: stores.redisPid === null ? null : cpuSecondsOf(stores.redisPid),
    postgres: stores.postgresPid === null ? null : cpuSecondsOf(stores.postgresPid),
  });
  let before = spent();
  const result = await generate(path, () => (before = spent()));
  const after = spent();
  const each = Object.entries(after).map(([stage, seconds]) => {
    const begun = before[stage] ?? null;
    const micros = seconds === null || begun === null ? null : (seconds - begun) * 1e6;
    return [stage, micros === null ? null : micros / Math.max(1, result.answers)] as const;
  });
  return { ...result, cpu: { ...Object.fromEntries(each), generator: result.cpuMicrosEach } };
}

function generate(planPath: string, measuring: () => void): Promise<LoadResult> {
  const child = fork(GENERATOR, [planPath], { stdio: 'inherit' });
  return new Promise((resolve, reject) => {
    child.on('message', (said: LoadSaid) => {
      if (said.kind === 'measuring') measuring();
      else if (said.kind === 'done') resolve(said.result);
      else reject(new Error(`the load generator failed: ${said.why}`));
    });
    child.once('exit', (code) => reject(new Error(`the load generator ended with ${code}`)));
  });
}

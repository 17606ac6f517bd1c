import type { BenchStores } from './bench-stores.js';
import { cpuSecondsOf } from './cpu-time.js';
import { after, type Program } from './program.js';

const LOOK_MS = 250;
/** Cores of everything together: an idle service with a dozen open sales and its stores use a tenth of one. */
const BUSY_CORES = 0.35;
const QUIET_LOOKS = 2;
const MS_MAX = 60_000;

/**
 * Waits until nothing is left of what was measured before: decisions that queue, rows to journal, facts to deliver, a
 * rebuild. All of them show as CPU time of the programs and stores; where this machine does not tell it, a second has to do.
 * Returns false when they were still at work after a minute.
 */
export async function untilAtRest(stores: BenchStores, programs: readonly Program[]): Promise<boolean> {
  const pids = [...programs.map(({ pid }) => pid), stores.redisPid, stores.postgresPid].filter((pid) => pid !== null);
  const giveUpAt = performance.now() + MS_MAX;
  let [spent, at, quiet] = [secondsOf(pids), performance.now(), 0];
  while (quiet < QUIET_LOOKS) {
    if (performance.now() > giveUpAt) return false;
    await after(spent === null ? LOOK_MS * 2 : LOOK_MS);
    const [before, began] = [spent, at];
    [spent, at] = [secondsOf(pids), performance.now()];
    const cores = before === null || spent === null ? 0 : (spent - before) / ((at - began) / 1_000);
    quiet = cores < BUSY_CORES ? quiet + 1 : 0;
  }
  return true;
}

function secondsOf(pids: readonly number[]): number | null {
  let sum = 0;
  for (const pid of pids) {
    const seconds = cpuSecondsOf(pid);
    if (seconds === null) return null;
    sum += seconds;
  }
  return sum;
}

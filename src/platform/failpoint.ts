import { CRASH_POINTS, watchCrashPoints } from '../crash-points.js';
import type { Config } from './config.js';

/** `kill`: the process dies at once, as by kill -9. `stop`: it stands still until somebody continues or ends it. */
const SIGNALS = { kill: 'SIGKILL', stop: 'SIGSTOP' } as const;
const FORM = /^([a-z.-]+):(kill|stop)$/;

/** Whether a text names a point of src/crash-points.ts and what is to happen there. */
export function isFailpoint(text: string): boolean {
  const [, point = ''] = FORM.exec(text) ?? [];
  return Object.hasOwn(CRASH_POINTS, point);
}

/** Arms the setting FAILPOINT, once: a process that was stopped there and continued goes on. */
export function armFailpoint({ failpoint }: Config): void {
  if (failpoint === undefined) return;
  const [, wanted, action] = FORM.exec(failpoint) ?? [];
  let armed = true;
  watchCrashPoints((point) => {
    if (!armed || point !== wanted) return undefined;
    armed = false;
    process.kill(process.pid, SIGNALS[action === 'kill' ? 'kill' : 'stop']);
    return undefined;
  });
}

// What stands between a fresh clone and a program that can run: packages, Prisma's client, the build.
// Each step is skipped when nothing changed; on a warm start the checks take some 20 ms in all.
import { join } from 'node:path';
import { build, buildIsStale } from './build.mjs';
import { projectRoot } from './files.mjs';
import { clientIsStale, generateClient } from './generate.mjs';
import { install, installIsStale } from './install.mjs';
import { waitForLock } from './lock.mjs';

const STEPS = [
  {
    label: 'installing packages (half a minute to two)',
    done: 'packages installed',
    isStale: installIsStale,
    work: install,
  },
  {
    label: 'generating the database client',
    done: 'database client generated',
    isStale: clientIsStale,
    work: generateClient,
  },
  { label: 'building', done: 'built', isStale: buildIsStale, work: build },
];

/**
 * Does what is stale. Two runs in one clone take turns, and the second finds the work done. `withBuild: false` is for
 * commands that do not run dist.
 */
export async function prepare({ progress, stopping, withBuild = true }) {
  const steps = withBuild ? STEPS : STEPS.slice(0, 2);
  let lock = null;
  try {
    for (const step of steps) {
      if (!step.isStale()) continue;
      lock ??= await waitForLock(join(projectRoot, '.data', 'prepare.lock'), {
        signal: stopping.signal,
        onWait: (holder) => progress.note(`another run (pid ${holder.pid}) is preparing this folder; waiting for it …`),
      });
      if (!step.isStale()) continue;
      await progress.step(step.label, async () => {
        await step.work({ signal: stopping.signal });
        return step.done;
      });
    }
  } finally {
    lock?.release();
  }
}

/** `npm run build`. */
export async function run(context) {
  await prepare(context);
  return 0;
}

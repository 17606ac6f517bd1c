// What stands between a fresh clone and a program that can run: packages, Prisma's client, the build, the pages.
// Each step is skipped when nothing changed; on a warm start the checks take some 20 ms in all.
import { join } from 'node:path';
import { build, buildIsStale } from './build.mjs';
import { buildPages, pagesAreStale } from './build-pages.mjs';
import { clientTypesAreStale, makeClientTypes } from './client-types.mjs';
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
];

const BUILD = { label: 'building', done: 'built', isStale: buildIsStale, work: build };
const PAGES = { label: 'building the pages', done: 'pages built', isStale: pagesAreStale, work: buildPages };
/** Nothing that runs needs them: compilers and editors do. */
const TYPES = {
  label: 'making the types of the client',
  done: 'types of the client made',
  isStale: clientTypesAreStale,
  work: makeClientTypes,
};

/** What each command needs: to run, to be compiled, or all there is. */
const WHAT = {
  toRun: [...STEPS, BUILD, PAGES],
  toCheck: [...STEPS, BUILD, TYPES],
  all: [...STEPS, BUILD, PAGES, TYPES],
  packages: STEPS,
};

/** Does what is stale. Two runs in one clone take turns, and the second finds the work done. `what`: a key of WHAT. */
export async function prepare({ progress, stopping, what = 'toRun' }) {
  let lock = null;
  try {
    for (const step of WHAT[what]) {
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
  await prepare({ ...context, what: 'all' });
  return 0;
}

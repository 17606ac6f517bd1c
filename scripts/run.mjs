// The one entry of every npm script. It needs Node and npm, nothing else:
// one parent (instead of npm's pre- and post-scripts) can hand free ports and made-up keys to its child,
// outlive it, and stop the stores after it; and it also works where npm is told to ignore scripts.
const COMMANDS = {
  start: './start.mjs', // packages → client → build → stores → migrations → the application
  test: './test.mjs', // the same, with throw-away stores, and Jest at the end
  check: './check.mjs', // lint, format, types, import rules
  'check:deep': './check-deep.mjs', // mutation, long walks beside models, the full fuzz
  build: './prepare.mjs', // packages → client → dist, for an image
  fuzz: './fuzz.mjs', // requests made from the OpenAPI document, as many as wanted
  example: './example.mjs', // examples/storefront.ts, against a service that runs
  mutate: './mutate.mjs', // the Lua scripts changed in every small way, and what the tests notice
  chaos: './chaos.mjs', // the system under load and faults of every kind, and the judgement afterwards
  bench: './bench.mjs', // the figures of PERFORMANCE.md, against what people would build instead
  drop: './drop.mjs', // a ticket drop, rehearsed: a crowd, and the auditor's verdict afterwards
  audit: './audit.mjs', // Redis compared with Postgres, against a service that runs
  migrate: './migrate.mjs', // the schema of DATABASE_URL, for whoever starts dist/main.js by other means
};

refuseOldNode();
const name = process.argv[2] ?? '';
if (!Object.hasOwn(COMMANDS, name)) {
  console.error(`Use: node scripts/run.mjs ${Object.keys(COMMANDS).join(' | ')}`);
  process.exit(2);
}

const { createProgress } = await import('./progress.mjs');
const { listenForStop } = await import('./stopping.mjs');
const { explain } = await import('./refusal.mjs');
const { projectRoot } = await import('./files.mjs');

process.chdir(projectRoot);
const progress = createProgress();
const stopping = listenForStop(progress);
try {
  const { run } = await import(COMMANDS[name]);
  process.exitCode = await run({ args: process.argv.slice(3), progress, stopping });
} catch (error) {
  progress.end();
  if (stopping.asked) progress.note(`stopped by ${stopping.name} before everything was up`);
  else console.error(`\n${explain(error)}\n`);
  process.exitCode = !stopping.asked ? 1 : name === 'start' ? 0 : 130;
}
progress.end();
process.exit();

/** Comes before any import of ours, because an old Node would already fail to parse those. */
function refuseOldNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const good = (major === 20 && minor >= 19) || (major === 22 && minor >= 12) || major >= 24;
  if (good) return;
  console.error(
    `Holdfast needs Node 20.19, 22.12, 24 or newer; this is ${process.version} (${process.execPath}).\n` +
      'Install a newer one from https://nodejs.org, or with a version manager: nvm install 24',
  );
  process.exit(1);
}

// `npm run check`: what a reviewer would otherwise have to look for. All of them run, also after a failure.
import { prepare } from './prepare.mjs';
import { runProgram } from './programs.mjs';

/** The longest first: the others fit beside it. */
const CHECKS = [
  { name: 'lint', args: ['node_modules/eslint/bin/eslint.js', '.', '--max-warnings=0'] },
  { name: 'format', args: ['node_modules/prettier/bin/prettier.cjs', '--check', '.', '--log-level=warn'] },
  { name: 'types', args: ['node_modules/typescript/bin/tsc', '--noEmit'] },
  { name: 'types of the pages', args: ['node_modules/typescript/bin/tsc', '--noEmit', '--project', 'web'] },
  {
    name: 'import rules',
    args: ['node_modules/dependency-cruiser/bin/dependency-cruise.mjs', '--config', '.dependency-cruiser.mjs', 'src'],
  },
];

const AT_ONCE = 2;

export async function run({ progress, stopping }) {
  await prepare({ progress, stopping, what: 'toCheck' });
  const failed = [];
  const waiting = [...CHECKS];
  const checkOneAfterTheOther = async () => {
    for (let check = waiting.shift(); check; check = waiting.shift()) {
      const { name, args } = check;
      await progress.step(name, async () => {
        const { code, output } = await runProgram(process.execPath, args, { signal: stopping.signal });
        if (code === 0) return name;
        failed.push({ name, output });
        progress.warn(`${name} failed`);
      });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, checkOneAfterTheOther));
  progress.end();
  for (const { name, output } of failed) console.log(`\n── ${name}\n${output.trim()}`);
  const good = CHECKS.length - failed.length;
  console.log(
    `\n${good} of ${CHECKS.length} checks passed${failed.length > 0 ? `; failed: ${failed.map(({ name }) => name).join(', ')}` : ''}`,
  );
  return failed.length > 0 ? 1 : 0;
}

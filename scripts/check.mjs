// `npm run check`: what a reviewer would otherwise have to look for. All of them run, also after a failure.
import { prepare } from './prepare.mjs';
import { runProgram } from './programs.mjs';

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

export async function run({ progress, stopping }) {
  await prepare({ progress, stopping, what: 'toCheck' });
  const failed = [];
  for (const { name, args } of CHECKS) {
    await progress.step(name, async () => {
      const { code, output } = await runProgram(process.execPath, args, { signal: stopping.signal });
      if (code === 0) return name;
      failed.push({ name, output });
      progress.warn(`${name} failed`);
    });
  }
  progress.end();
  for (const { name, output } of failed) console.log(`\n── ${name}\n${output.trim()}`);
  const good = CHECKS.length - failed.length;
  console.log(
    `\n${good} of ${CHECKS.length} checks passed${failed.length > 0 ? `; failed: ${failed.map(({ name }) => name).join(', ')}` : ''}`,
  );
  return failed.length > 0 ? 1 : 0;
}

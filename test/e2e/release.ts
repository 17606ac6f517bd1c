import { cp, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { randomChars } from '../../src/platform/ids.js';

const root = resolve(__dirname, '../..');

export interface ReleaseSpec {
  /** What its scripts say of themselves, so that no script has the text, or the hash, of another release's. */
  name: string;
  layouts: { oldest: number; newest: number; written: number };
}

/**
 * Another release of Holdfast, made from the compiled code: other script texts, other layouts known and written. Returns
 * its main.js. It stands in a folder of its own, with the packages and migrations of this one.
 */
export async function makeRelease({ name, layouts }: ReleaseSpec): Promise<string> {
  const folder = join(process.env['TEST_SCRATCH_DIRECTORY'] ?? '', `release-${name}-${randomChars(6)}`);
  await mkdir(join(folder, 'prisma'), { recursive: true });
  await cp(join(root, 'dist'), join(folder, 'dist'), { recursive: true });
  await cp(join(root, 'package.json'), join(folder, 'package.json'));
  await cp(join(root, 'prisma/migrations'), join(folder, 'prisma/migrations'), { recursive: true });
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
  const { oldest, newest, written } = layouts;
  const inventory = join(folder, 'dist/inventory');
  await edit(
    join(inventory, 'layout.js'),
    /LAYOUT = \{[^}]*\}/,
    `LAYOUT = ${JSON.stringify({ oldest, newest, written })}`,
  );
  await edit(
    join(inventory, 'lua/fragments/sale.lua'),
    /(LAYOUT_OLDEST, LAYOUT_NEWEST = )\d+, \d+/,
    `$1${oldest}, ${newest}`,
  );
  for (const file of await readdir(join(inventory, 'lua'))) {
    if (file.endsWith('.lua')) await edit(join(inventory, 'lua', file), /$(?![^])/, `-- of the release ${name}\n`);
  }
  return join(folder, 'dist/main.js');
}

async function edit(path: string, what: RegExp, by: string): Promise<void> {
  const before = await readFile(path, 'utf8');
  if (!what.test(before)) throw new Error(`${path} has nothing like ${String(what)}`);
  await writeFile(path, before.replace(what, by));
}

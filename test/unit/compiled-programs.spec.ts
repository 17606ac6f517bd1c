import { existsSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';

/** Imports whose names are all types are gone once it is compiled. */
const isOfTypes = (names: string): boolean =>
  names.startsWith('type ') || /^\{(\s*type \w+( as \w+)?,?)+\s*\}/.test(names);

/** What a module of the tests imports of the tests, as paths from the root. */
function importsOf(path: string): string[] {
  const text = readFileSync(path, 'utf8');
  return Array.from(
    text.matchAll(/^(?:import|export) ([^;']*?) ?from '(\.{1,2}\/[^']+)\.js'/gm),
    ([, names = '', name = '']) => (isOfTypes(names) ? '' : relative('.', resolve(join(path, '..', `${name}.ts`)))),
  ).filter((imported) => imported.startsWith('test/') && existsSync(imported));
}

function reachedFrom(entry: string): string[] {
  const reached = new Set([entry]);
  for (const path of reached) for (const imported of importsOf(path)) reached.add(imported);
  return [...reached];
}

// They run outside Jest, from what their scripts compile: a module that is not among that is missed only when they start.
it.each([
  ['bench', 'test/bench/run.ts'],
  ['chaos', 'test/chaos/run.ts'],
  ['drop', 'test/drop/run.ts'],
  ['fuzz', 'test/fuzz/cli.ts'],
])('npm run %s compiles all that it reaches from %s', (name, entry) => {
  const script = readFileSync(`scripts/${name}.mjs`, 'utf8');
  const [, list = ''] = /(?:SOURCES = |compile\('[\w-]+', )\[([^\]]+)\]/.exec(script) ?? [];
  const sources = Array.from(list.matchAll(/'([^']+)'/g), ([, source = '']) => source);
  expect(sources).not.toEqual([]);
  const isCompiled = (path: string): boolean => sources.some((source) => `${path}/`.startsWith(`${source}/`));
  expect(reachedFrom(entry).filter((path) => !isCompiled(path))).toEqual([]);
});

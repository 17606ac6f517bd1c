import { basename } from 'node:path';
import { readTree } from '../support/tree.js';

// The loader compares a script with its wrapper at start; here a script is compared with its own header.
const lua = readTree().filter(({ path }) => path.endsWith('.lua'));
const fragments = lua.filter(({ path }) => path.includes('/fragments/'));
const scripts = lua.filter((file) => !fragments.includes(file));
const named = scripts.map((file) => [basename(file.path, '.lua'), file.text] as const);

const headerOf = (text: string): string => /^--\[\[ ([\s\S]*?)\n?\]\]\n/.exec(text)?.[1] ?? '';
const bodyOf = (text: string): string => text.slice(text.indexOf(']]\n') + 3);
const includesOf = (text: string): string[] =>
  Array.from(text.matchAll(/^--@include (\S+)$/gm), ([, name = '']) => name);

/** The numbers of ARGV[1] or KEYS[2] in a text, and the first of an open-ended ARGV[3…]. */
function indexesOf(text: string, list: 'KEYS' | 'ARGV'): { exact: number[]; from: number } {
  const all = Array.from(text.matchAll(new RegExp(`${list}\\[(\\d+)(…?)\\]`, 'g')));
  const open = all.filter(([, , dots]) => dots !== '').map(([, index]) => Number(index));
  return { exact: all.map(([, index]) => Number(index)), from: Math.min(Infinity, ...open) };
}

describe('a Lua script', () => {
  it('exists', () => {
    expect(named.length).toBeGreaterThan(0);
  });

  it.each(named)('%s begins with what it is called and one line of what it does', (name, text) => {
    expect(headerOf(text)).toMatch(new RegExp(`^${name}: \\S.{10,}`));
  });

  it.each(named)('%s names its keys, its arguments, every answer and why it is atomic', (_name, text) => {
    const header = headerOf(text);
    expect(header).toMatch(/^KEYS/m);
    expect(header).toMatch(/^ARGV/m);
    expect(header).toMatch(/^Returns /m);
    expect(header).toMatch(/^Atomic because /m);
  });

  it.each(named)('%s reads no argument that its header does not name', (_name, text) => {
    const header = indexesOf(headerOf(text), 'ARGV');
    const unnamed = indexesOf(bodyOf(text), 'ARGV').exact.filter(
      (index) => index < header.from && !header.exact.includes(index),
    );
    expect(unnamed).toEqual([]);
  });

  it.each(named)('%s answers with no status that its header does not name', (_name, text) => {
    const header = headerOf(text);
    const statuses = Array.from(bodyOf(text).matchAll(/return \{ '([a-z-]+)'/g), ([, status = '']) => status);
    expect(statuses.filter((status) => !header.includes(`'${status}'`))).toEqual([]);
  });
});

describe('a Lua fragment', () => {
  const included = new Set(lua.flatMap(({ text }) => includesOf(text)));
  const names = fragments.map(({ path }) => basename(path, '.lua'));

  it.each(fragments.map(({ path, text }) => [basename(path, '.lua'), text] as const))(
    '%s begins with a comment',
    (_name, text) => {
      expect(text).toMatch(/^--/);
    },
  );

  it('is there when a script includes it', () => {
    expect([...included].filter((name) => !names.includes(name))).toEqual([]);
  });

  it('is included by some script; the loader puts one of the two clocks into sale', () => {
    expect(names.filter((name) => !included.has(name) && !name.startsWith('clock'))).toEqual([]);
  });
});

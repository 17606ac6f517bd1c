import { readdirSync, readFileSync } from 'node:fs';
import { EQUIVALENT } from './equivalent.js';
import { listed } from './listed.js';
import { describeMutant, mutantsOf, mutate, parse } from './mutants.js';

const FOLDER = 'src/inventory/lua';

const changesIn = (lua: string): string[] =>
  mutantsOf('a.lua', lua).map((mutant) => describeMutant(mutant).replace(/^a.lua:\d+ {2}/, ''));

describe('the mutants of a script', () => {
  it.each([
    ['if a then b() end', ['a → true', 'a → false', 'b() → do end']],
    ['while a do b() end', ['a → false', 'b() → do end']],
    ['return a < b', ['a < b → a <= b', 'a < b → a >= b']],
    [
      'return a == 1 and not b',
      ['a == 1 and not b → (a == 1)', 'a == 1 and not b → (not b)', 'a == 1 → a ~= 1', '1 → 0', 'not b → b'],
    ],
    ['a, b = 1, 2', ['1 → a', '1 → 0', '2 → b', '2 → 3']],
    ['list[#list + 1] = a', ['list[#list + 1] = a → do end']],
    [`error('drift: ' .. a)`, [`error('drift: ' .. a) → do end`]],
    [`return { 'moved', '' }`, [`'moved' → ''`, `'' → 'x'`]],
    [`return a == 'moved'`, [`a == 'moved' → a ~= 'moved'`]],
    ['return math.max(a, b)', ['math.max(a, b) → (a)', 'math.max(a, b) → (b)']],
    [
      `redis.call('HSET', M, 'last', a, 'sequence', b)`,
      [
        `redis.call('HSET', M, 'last', a, 'sequence', b) → do end`,
        `, 'last', a → nothing`,
        `'last' → ''`,
        `, 'sequence', b → nothing`,
        `'sequence' → ''`,
      ],
    ],
  ])('%s', (lua, changes) => {
    expect(changesIn(lua).sort()).toEqual([...changes].sort());
  });

  it('can be read as Lua, all of them, and each is another text', () => {
    for (const file of readdirSync(FOLDER, { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.endsWith('.lua'),
    )) {
      const source = readFileSync(`${FOLDER}/${file}`, 'utf8');
      const texts = mutantsOf(file, source).map((mutant) => mutate(source, mutant));
      expect(new Set([source, ...texts]).size).toBe(texts.length + 1);
      for (const text of texts) expect(() => parse(text)).not.toThrow();
    }
  });

  it.each(EQUIVALENT)('can be made where the list says that nobody notices: $file, $change', (entry) => {
    const source = readFileSync(`${FOLDER}/${entry.file}`, 'utf8');
    expect(mutantsOf(entry.file, source).map((mutant) => listed(mutant, source))).toContain(entry);
  });
});

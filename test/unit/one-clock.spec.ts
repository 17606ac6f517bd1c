import { SALE_KEYS, saleKeys } from '../../src/inventory/sale-keys.js';
import { readTree } from '../support/tree.js';

const tree = readTree();
const scripts = tree.filter(({ path }) => path.endsWith('.lua'));
const count = (text: string, what: string): number => text.split(what).length - 1;

describe('the clock that decides', () => {
  it('is read in one fragment, and by the beat, which compares clocks', () => {
    const readers = scripts.filter(({ text }) => text.includes(`'TIME'`)).map(({ path }) => path.split('/lua/')[1]);
    expect(readers.sort()).toEqual(['beat.lua', 'fragments/clock-test.lua', 'fragments/clock.lua']);
  });

  it('is read once a script: two readings differ, and what lies between them belongs to nobody', () => {
    const often = scripts.filter(({ text }) => count(text, '= read_clock(') > 1).map(({ path }) => path);
    expect(often).toEqual([]);
    expect(scripts.some(({ text }) => text.includes('= read_clock('))).toBe(true);
  });

  it('is no process’s own: that one is asked only whether a token is good still, and when a job is to be tried again', () => {
    const own = tree.filter(({ path, text }) => /^src\/.*\.ts$/.test(path) && /Date\.now\(|new Date\(\)/.test(text));
    expect(own.map(({ path }) => path)).toEqual(['src/access/token-clock.ts', 'src/reservations/reserve.worker.ts']);
  });
});

it('all keys of a script carry the one tag of their sale, so that a cluster keeps them on one slot', () => {
  const keys = saleKeys('hf', 'k3v9x2m1qa', 7);
  expect(keys).toHaveLength(SALE_KEYS.length);
  expect(new Set(keys.map((key) => /^[^{}]*\{([^{}]+)\}[^{}]*$/.exec(key)?.[1]))).toEqual(new Set(['k3v9x2m1qa']));
});

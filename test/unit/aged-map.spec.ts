import { AgedMap } from '../../src/access/aged-map.js';

describe('an aged map', () => {
  it('forgets an entry when it is too old', () => {
    let now = 0;
    const map = new AgedMap<string>(10, 5000, () => now);
    map.set('a', 'A');
    now = 4999;
    expect(map.get('a')).toBe('A');
    now = 5000;
    expect(map.get('a')).toBeUndefined();
  });

  it('counts the age of an answer from when it was asked for', () => {
    const map = new AgedMap<string>(10, 5000, () => 7000);
    map.set('a', 'A', 2000);
    map.set('b', 'B', 2001);
    expect([map.get('a'), map.get('b')]).toEqual([undefined, 'B']);
  });

  it('never holds more than its maximum: what was written first goes', () => {
    const map = new AgedMap<number>(2, 5000, () => 0);
    map.set('a', 1);
    map.set('b', 2);
    map.set('a', 3);
    map.set('c', 4);
    expect(['a', 'b', 'c'].map((key) => map.get(key))).toEqual([3, undefined, 4]);
  });
});

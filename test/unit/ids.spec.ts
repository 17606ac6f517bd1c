import { randomChars, randomId } from '../../src/platform/ids.js';
import { requestIdFrom } from '../../src/platform/request-id.js';

describe('an id', () => {
  it('is its prefix and characters of a-z and 0-9', () => {
    expect(randomId('sku', 12)).toMatch(/^sku_[a-z0-9]{12}$/);
    expect(randomChars(0)).toBe('');
  });

  it('uses every character about equally often', () => {
    const counts = new Map<string, number>();
    for (const char of randomChars(36_000)) counts.set(char, (counts.get(char) ?? 0) + 1);
    expect(counts.size).toBe(36);
    // 1000 each, standard deviation 31: seven of those happen once in a hundred billion runs.
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(220);
  });
});

describe('the id of a request', () => {
  it.each(['abc', 'A-b_9', 'x'.repeat(64)])('is the caller’s own %s', (given) => {
    expect(requestIdFrom(given)).toBe(given);
  });

  it.each([undefined, '', 'x'.repeat(65), 'a b', 'a\nb', '<script>', ['a', 'b']])(
    'is a new one instead of %j',
    (given) => {
      expect(requestIdFrom(given)).toMatch(/^req_[a-f0-9-]{36}$/);
    },
  );
});

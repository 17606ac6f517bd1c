import { createHmac } from 'node:crypto';
import { KeyedDigest } from '../../src/platform/keyed-digest.js';

describe('a keyed digest', () => {
  it.each([
    ['a short key', 'k'],
    ['a key of a block', 'k'.repeat(64)],
    ['a long key', 'k'.repeat(65)],
    ['a key that is no ASCII', 'schlüssel — 鍵'],
  ])('is the HMAC-SHA-256 of the text, with %s', (_which, key) => {
    const digest = new KeyedDigest(key);
    for (const text of ['', 'a', 'é鍵😀', 'x'.repeat(999), '鍵'.repeat(1_000), 'x'.repeat(5_000), 'a'])
      expect(digest.of(text)).toBe(createHmac('sha256', key).update(text).digest('binary'));
  });
});

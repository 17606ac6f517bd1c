import { idempotencyKeyOf, matchesEtag, waitMsOf } from '../../src/reservations/request-headers.js';

describe('Prefer: wait', () => {
  it.each<[string | undefined, number]>([
    [undefined, 0],
    ['', 0],
    ['wait=5', 5_000],
    ['respond-async, wait=7', 7_000],
    ['WAIT = "3"; foo=bar', 3_000],
    ['wait=999', 30_000],
    ['wait=-1', 0],
    ['wait=abc', 0],
    ['await=5', 0],
  ])('%p asks for %p ms', (header, ms) => {
    expect(waitMsOf(header, 30)).toBe(ms);
  });
});

describe('Idempotency-Key', () => {
  it('may be absent, and is taken as it is', () => {
    expect(idempotencyKeyOf(undefined)).toBeNull();
    expect(idempotencyKeyOf('7f1c "x"')).toBe('7f1c "x"');
  });

  it.each(['', 'ä', 'a'.repeat(256), 'a\tb'])('cannot be %p', (key) => {
    expect(() => idempotencyKeyOf(key)).toThrow('Idempotency-Key must be');
  });
});

describe('If-None-Match', () => {
  it.each<[string | undefined, boolean]>([
    [undefined, false],
    ['"2"', true],
    ['W/"2"', true],
    ['"1", "2"', true],
    ['*', true],
    ['"22"', false],
  ])('%p names "2": %p', (header, matches) => {
    expect(matchesEtag(header, '"2"')).toBe(matches);
  });
});

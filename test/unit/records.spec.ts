import fc from 'fast-check';
import {
  type HoldRecord,
  packHold,
  packRequest,
  type RequestRecord,
  unpackHold,
  unpackRequest,
} from '../../src/inventory/records.js';

const count = fc.integer({ min: 1, max: 1_000_000 });
const time = fc.integer({ min: 1, max: 4_102_444_800_000 });
/** What a customer id may hold: no control characters. */
const customerId = fc
  .string({ minLength: 1, maxLength: 40, unit: 'grapheme' })
  .filter((text) => /^[^\p{C}]+$/u.test(text));
const word = fc.stringMatching(/^[\w-]{1,22}$/);
const units = fc.uniqueArray(count, { minLength: 1, maxLength: 20 });
const metadata = fc.option(fc.dictionary(fc.string(), fc.jsonValue(), { noNullPrototype: true }));

const request: fc.Arbitrary<RequestRecord> = fc.record({
  status: fc.constantFrom('queued', 'rejected', 'released', 'expired', 'confirmed'),
  version: count,
  rejection: fc.constantFrom('-', 'sold-out 1:2:0:0:0:', 'customer-limit-reached 4 2 2 a,b'),
  customerId,
  mode: fc.constantFrom('all', 'partial'),
  fingerprint: word,
  queuedAt: time,
  lines: fc.array(fc.record({ ordinal: count, unitPrice: fc.nat(), wanted: fc.oneof(count, units) }), {
    minLength: 1,
    maxLength: 20,
  }),
  requestId: word,
  metadata,
});

const hold: fc.Arbitrary<HoldRecord> = fc.record({
  state: fc.constantFrom('decided' as const, 'held' as const, 'checkout' as const),
  version: count,
  sequence: count,
  heldAt: time,
  expiresAt: time,
  extensions: fc.nat(10),
  checkoutExpiresAt: fc.oneof(fc.constant(0), time),
  customerId,
  lines: fc.array(
    fc.record({
      ordinal: count,
      unitPrice: fc.nat(),
      requested: count,
      named: fc.boolean(),
      units: fc.uniqueArray(count, { maxLength: 20 }),
    }),
    { minLength: 1, maxLength: 20 },
  ),
});

/** -0 is no JSON number: it comes back as 0. */
const asJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

describe('records', () => {
  it('of requests come back as they were packed', () => {
    fc.assert(fc.property(request, (record) => expect(unpackRequest(packRequest(record))).toEqual(asJson(record))));
  });

  it('of holds come back as they were packed', () => {
    fc.assert(fc.property(hold, (record) => expect(unpackHold(packHold(record))).toEqual(record)));
  });

  it('of requests have no line break but between fields', () => {
    fc.assert(fc.property(request, (record) => expect(packRequest(record).split('\n')).toHaveLength(10)));
  });
});

import 'reflect-metadata';
import { plainToInstance } from 'class-transformer';
import { IsDateString, validateSync } from 'class-validator';
import fc from 'fast-check';
import { quickCheckOf } from '../../src/platform/compiled-rules.js';
import { LINES_MAX, QUANTITY_MAX, ReserveBody } from '../../src/reservations/reserve.dto.js';

const accepts = quickCheckOf(ReserveBody) ?? (() => false);

/** The verdict that counts: class-validator's, as platform/validation.ts asks it. */
function isValid(body: object): boolean {
  const instance = plainToInstance(ReserveBody, body);
  return validateSync(instance, { whitelist: true, forbidNonWhitelisted: true }).length === 0;
}

const line = { skuId: 'sku_1', quantity: 1 };

describe('the compiled rules of a reserve body', () => {
  it.each([
    ['a quantity', { lines: [line] }],
    ['named units', { lines: [{ skuId: 'sku_1', units: ['A-1', 'A-2'] }, line] }],
    ['everything', { customerId: 'c_42', lines: [line, line], mode: 'partial', metadata: { cart: ['9911'] } }],
    ['the largest', { lines: Array.from({ length: LINES_MAX }, () => ({ skuId: 'sku_1', quantity: QUANTITY_MAX })) }],
  ])('accept %s at once', (_what, body) => {
    expect(accepts(body)).toBe(true);
    expect(isValid(body)).toBe(true);
  });

  it.each([
    ['no object', []],
    ['no lines', {}],
    ['an empty list', { lines: [] }],
    ['too many lines', { lines: Array.from({ length: LINES_MAX + 1 }, () => line) }],
    ['a list within the list', { lines: [[line]] }],
    ['a stranger’s member', { lines: [line], admin: true }],
    ['a stranger’s member of a line', { lines: [{ ...line, price: 0 }] }],
    ['a number in quotes', { lines: [{ skuId: 'sku_1', quantity: '1' }] }],
    ['a quantity of nothing', { lines: [{ skuId: 'sku_1', quantity: 0 }] }],
    ['half a unit', { lines: [{ skuId: 'sku_1', quantity: 1.5 }] }],
    ['neither a quantity nor units', { lines: [{ skuId: 'sku_1' }] }],
    ['both a quantity and units', { lines: [{ ...line, units: ['1'] }] }],
    ['a unit named twice', { lines: [{ ...line, units: ['1', '1'] }] }],
    ['another mode', { lines: [line], mode: 'some' }],
    ['a customer with a space at the end', { customerId: 'c ', lines: [line] }],
  ])('leave %s to class-validator', (_what, body) => {
    expect(accepts(body)).toBe(false);
  });

  it('never accept what class-validator refuses', () => {
    const odd = fc.oneof(fc.constantFrom(null, undefined, '', ' ', '1', 0, 1, 100, 101, 1.5, -1, true), fc.jsonValue());
    const oddLine = fc.record(
      {
        skuId: fc.oneof(fc.string(), fc.constant('sku_1'), odd),
        quantity: fc.oneof(fc.integer({ min: -1, max: 102 }), odd),
        units: fc.oneof(fc.array(fc.oneof(fc.string(), odd), { maxLength: 4 }), odd),
        more: odd,
      },
      { requiredKeys: ['skuId'] },
    );
    const oddBody = fc.record(
      {
        lines: fc.oneof(fc.array(fc.oneof(oddLine, fc.constant(line)), { maxLength: 22 }), odd),
        customerId: fc.oneof(fc.string({ unit: 'binary', maxLength: 130 }), odd),
        mode: fc.oneof(fc.constantFrom('all', 'partial'), odd),
        metadata: fc.oneof(fc.dictionary(fc.string(), fc.jsonValue()), odd),
        more: odd,
      },
      { requiredKeys: ['lines'] },
    );
    fc.assert(
      fc.property(oddBody, (body) => {
        if (accepts(body)) expect({ body, valid: isValid(body) }).toEqual({ body, valid: true });
      }),
      { numRuns: 5_000 },
    );
  });
});

describe('a class with a rule that JSON Schema cannot say', () => {
  class Dated {
    @IsDateString()
    at!: string;
  }

  it('is left to class-validator altogether', () => {
    expect(quickCheckOf(Dated)).toBeNull();
  });
});

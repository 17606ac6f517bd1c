import { ReservationIds } from '../../src/reservations/reservation-ids.js';
import { parseReservationId, reservationId } from '../../src/inventory/reservation-ref.js';
import type { Config } from '../../src/platform/config.js';
import { readConfig } from '../../src/platform/read-config.js';

const sale = { id: 'sale_abcdefghij', key: 'abcdefghij' };

function configWith(secret: string): Config {
  return readConfig({ DATABASE_URL: 'postgres://none', REDIS_URL: 'redis://none', RESERVATION_ID_SECRET: secret });
}

const ids = new ReservationIds(configWith('a secret of at least thirty-two characters'));
const idOf = (customer: string, key: string): string => reservationId(sale, ids.tailFor(sale.key, customer, key));

describe('a reservation id', () => {
  it('is the same for the same sale, customer and key, and another for any other', () => {
    expect(idOf('c_1', 'k')).toBe(idOf('c_1', 'k'));
    const others = [idOf('c_1', 'k'), idOf('c_1', 'l'), idOf('c_2', 'k'), ids.tailFor('zzzzzzzzzz', 'c_1', 'k')];
    expect(new Set(others).size).toBe(others.length);
  });

  it('carries its sale and is authentic', () => {
    const ref = ids.authenticate(idOf('c_1', 'k'));
    expect(ref?.sale).toEqual(sale);
    expect(ref?.tail).toHaveLength(32);
  });

  it('is refused when any character of it was changed, or it is of another sale', () => {
    const id = idOf('c_1', 'k');
    for (let at = 'rsv_'.length; at < id.length; at++) {
      const other = id[at] === 'a' ? 'b' : 'a';
      expect(ids.authenticate(id.slice(0, at) + other + id.slice(at + 1))).toBeNull();
    }
  });

  it('cannot be told for another customer', () => {
    const ref = ids.authenticate(idOf('c_1', 'k'));
    if (!ref) throw new Error('not authentic');
    expect(ids.isOf(ref, 'c_1')).toBe(true);
    expect(ids.isOf(ref, 'c_2')).toBe(false);
  });

  it('of another secret is not ours', () => {
    const others = new ReservationIds(configWith('another secret of at least thirty-two'));
    expect(others.authenticate(idOf('c_1', 'k'))).toBeNull();
  });

  it.each([
    '',
    'rsv_',
    'rsv_abcdefghij',
    `rsv_ABCDEFGHIJ${'a'.repeat(32)}`,
    `rsv_abcdefghij${'a'.repeat(33)}`,
    `ord_abcdefghij${'a'.repeat(32)}`,
  ])('cannot be %p', (text) => {
    expect(parseReservationId(text)).toBeNull();
  });
});

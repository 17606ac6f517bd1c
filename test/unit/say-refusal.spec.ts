import { readFileSync } from 'node:fs';
import { ProblemError } from '../../web/client/problem-error.js';
import { sayRefusal } from '../../web/shop/say-refusal.js';

const knowing = {
  skuName: (id: string) => ({ sku_1: 'Stalls', sku_2: 'The bench' })[id] ?? 'Ticket',
  until: () => '1:05',
};
const say = (code: string, members: Record<string, unknown> = {}, status = 409) =>
  sayRefusal(ProblemError.from(status, { code, status, detail: 'as the API says it', ...members }), knowing);
const line = (more: object) => ({
  skuId: 'sku_1',
  requested: 2,
  available: 0,
  heldByOthers: 2,
  nextExpiryAt: null,
  ...more,
});

describe('a refusal in the demo shop', () => {
  it('says who has the places that somebody chose, and when they may come back', () => {
    const said = say('units-unavailable', {
      lines: [line({ unavailableUnits: ['A-3', 'A-4'], nextExpiryAt: '2026-11-21T20:00:00Z' })],
    });
    expect(said.title).toBe('Somebody has A-3 and A-4 already');
    expect(said.text).toContain('The first of their holds ends in 1:05');
    expect(said.next).toBe('choose');
  });

  it('says how many could be had instead', () => {
    const said = say('units-unavailable', { lines: [line({ available: 1 }), line({ skuId: 'sku_2', available: 2 })] });
    expect([said.title, said.next]).toEqual(['Others hold Stalls just now', 'again']);
    expect(said.text).toContain('Free now: 1 of Stalls.');
  });

  it('tells what is sold out from what others hold', () => {
    expect(say('sold-out', { lines: [line({ skuId: 'sku_2' })] })).toMatchObject({ title: 'The bench: sold out' });
  });

  it('says the limit, and what counts towards it', () => {
    const said = say('customer-limit-reached', { limit: 4, held: 1, sold: 2, reservationIds: [] });
    expect(said.title).toBe('One buyer may have 4 tickets');
    expect(said.text).toContain('You hold 1 and have bought 2.');
  });

  it.each(['expired', 'released', 'sale-closed', 'customer-limit-reached', 'units-unavailable', 'sold-out'])(
    'says that late money comes back: %s',
    (reason) => {
      const said = say('payment-late-rejected', { reason });
      expect(said.text).toMatch(/^[A-Z].*\. The money is on its way back to you\.$/);
    },
  );

  it.each(['store-unavailable', 'overloaded', 'internal', 'too-many-requests'])(
    'asks again with the same key where the outcome is unknown: %s',
    (code) => expect(say(code, {}, 503).next).toBe('same'),
  );

  it('has words of its own for every refusal that a buyer can meet', () => {
    const readme = readFileSync('README.md', 'utf8');
    const codes = Array.from(readme.matchAll(/^\| `([a-z-]+)` \| \d{3}/gm), ([, code = '']) => code);
    const forOthers =
      /^(?:unauthorized|forbidden|route-|method-|unsupported-|body-|malformed|invalid|idempotency|slug|api-key|bulk|job|customer-has|sale-state|order-state|capacity|amount|waitlist|webhook|admission|ticket)/;
    const members = { lines: [], limit: 1, held: 0, sold: 0, reason: 'expired' };
    const silent = codes.filter((code) => !forOthers.test(code) && say(code, members).title === 'That did not work');
    expect(silent).toEqual([]);
  });

  it('shows what the API says where it has no words', () => {
    expect(say('something-new')).toMatchObject({ title: 'That did not work', text: 'as the API says it' });
  });
});

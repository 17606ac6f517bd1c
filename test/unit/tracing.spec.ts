import { appendToOutbox } from '../../src/events/outbox.js';
import { parseTraceparent, traceparentsIn } from '../../src/platform/traceparent.js';
import { openTracing, Tracing } from '../../src/platform/tracing.js';

const GOOD = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';

describe('a traceparent', () => {
  it('is read as the W3C says', () => {
    expect(parseTraceparent(GOOD)).toEqual({
      ...{ traceId: '4bf92f3577b34da6a3ce929d0e0e4736', spanId: '00f067aa0ba902b7', traceFlags: 1 },
    });
  });

  it.each([
    ['nothing', undefined],
    ['words', 'nonsense'],
    ['the version that is forbidden', GOOD.replace(/^00/, 'ff')],
    ['a trace of zeros', GOOD.replace(/4bf92f3577b34da6a3ce929d0e0e4736/, '0'.repeat(32))],
    ['a span of zeros', GOOD.replace('00f067aa0ba902b7', '0'.repeat(16))],
    ['a number', 7],
  ])('is not %s', (_what, text) => {
    expect(parseTraceparent(text)).toBeNull();
  });

  it('is all that is taken from a job that anybody may have written', () => {
    expect(traceparentsIn([GOOD, 7, 'nonsense', { toString: GOOD }])).toEqual([GOOD]);
    expect(traceparentsIn(GOOD)).toEqual([]);
  });
});

describe('without an endpoint', () => {
  it('work is done and nothing is asked, carried or written', async () => {
    const tracing = await openTracing(undefined, 'all');
    expect(tracing).toEqual(new Tracing(null));
    const ask = jest.fn();
    expect(await tracing.span(ask, () => Promise.resolve(7))).toBe(7);
    expect(ask).not.toHaveBeenCalled();
    expect([tracing.batch('accept'), tracing.carried()]).toEqual([undefined, undefined]);
    const client = { query: jest.fn().mockResolvedValue({ rows: [] }) };
    const fact = { kind: 'a', saleId: 'sale_1', sequence: 1, payload: { orderId: 'ord_1' } };
    await appendToOutbox(client as unknown as Parameters<typeof appendToOutbox>[0], [fact]);
    expect(JSON.stringify(client.query.mock.calls)).toContain(
      JSON.stringify(JSON.stringify({ orderId: 'ord_1' })).slice(1, -1),
    );
  });
});

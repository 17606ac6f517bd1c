import { fastify, type FastifyInstance } from 'fastify';
import { EventStream, encodeEvent } from '../../src/platform/event-stream.js';
import { EventStreams } from '../../src/platform/event-streams.js';
import { Log, rootLogger } from '../../src/platform/logging.js';
import { Readiness } from '../../src/platform/readiness.js';
import { testConfig } from '../settings.js';

function textOf(stream: EventStream): string {
  return String(stream.body.read() ?? '');
}

describe('an event stream', () => {
  it('begins with how soon to come back', () => {
    expect(textOf(new EventStream())).toBe('retry: 1000\n\n');
  });

  it('writes an event as one block, whatever its text holds', () => {
    expect(encodeEvent({ event: 'held', id: 2, data: { text: 'a\nb\n\nc' } })).toBe(
      'id: 2\nevent: held\ndata: {"text":"a\\nb\\n\\nc"}\n\n',
    );
    expect(encodeEvent({ event: 'sale', data: 1 })).toBe('event: sale\ndata: 1\n\n');
  });

  it('drops a reader that leaves too much unread, and says so', () => {
    const stream = new EventStream();
    const line = 'x'.repeat(64 * 1024);
    while (stream.isOpen()) stream.send({ event: 'sale', data: line });
    expect(stream.body.readableLength).toBeLessThan(400 * 1024);
    expect(textOf(stream)).toMatch(/event: end\ndata: {"reason":"slow-reader"}\n\n$/);
  });

  it('writes nothing after its end', () => {
    const stream = new EventStream();
    stream.end('final');
    stream.beat();
    stream.end('stopping');
    expect(textOf(stream)).toBe('retry: 1000\n\nevent: end\ndata: {"reason":"final"}\n\n');
  });

  it('tells who listens that it was closed', async () => {
    const stream = new EventStream();
    const closed = new Promise<void>((resolve) => stream.onClose(resolve));
    stream.body.destroy();
    await closed;
    expect(stream.isOpen()).toBe(false);
  });
});

describe('the streams of a process', () => {
  let server: FastifyInstance;
  const made: EventStream[] = [];
  const streams = new EventStreams(new Readiness(), new Log(rootLogger(testConfig('postgres://nobody.invalid/none'))));
  beforeAll(() => {
    server = fastify();
    server.get<{ Params: { network: string } }>('/of/:network', (request, reply) => {
      made.push(streams.answer(reply, request.params.network === 'nobody' ? null : request.params.network));
    });
  });
  afterAll(() => server.close());

  const open = async (network: string, times: number) => {
    const asked = Array.from({ length: times }, () => server.inject({ url: `/of/${network}`, payloadAsStream: true }));
    return new Set((await Promise.all(asked)).map(({ statusCode }) => statusCode));
  };

  it('are not taken up by one network, and it gets another when it closes one', async () => {
    expect(await open('198.51.100.1', 1_000)).toEqual(new Set([200]));
    expect(await open('198.51.100.1', 2)).toEqual(new Set([503]));
    expect(await open('203.0.113.1', 1)).toEqual(new Set([200]));
    expect(await open('nobody', 1_001)).toEqual(new Set([200]));
    const closed = new Promise<void>((resolve) => made[0]?.onClose(resolve));
    made[0]?.body.destroy();
    await closed;
    expect(streams.open).toBe(2_001);
    expect(await open('198.51.100.1', 1)).toEqual(new Set([200]));
    expect(await open('198.51.100.1', 1)).toEqual(new Set([503]));
  });
});

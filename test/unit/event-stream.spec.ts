import { EventStream, encodeEvent } from '../../src/platform/event-stream.js';

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

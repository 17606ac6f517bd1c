import { type ClientRequest, type IncomingMessage, request } from 'node:http';
import { compareEvent } from '../conformance/answers.js';
import { EventContract } from '../conformance/event-contract.js';

export interface ReadEvent {
  readonly event: string;
  readonly id: string | null;
  readonly data: Record<string, unknown>;
}

/**
 * Reads server-sent events over HTTP as a storefront does; `next` waits for one, `all` for the end. Each event is compared
 * with the document of the events that the server serves.
 */
export class EventReader {
  private readonly events: ReadEvent[] = [];
  private readonly wakes = new Set<() => void>();
  private text = '';
  /** Comments: that the connection lives. */
  beats = 0;
  ended = false;

  private constructor(
    private readonly sent: ClientRequest,
    readonly response: IncomingMessage,
    private readonly path: string,
    private readonly contract: EventContract,
  ) {
    response.setEncoding('utf8');
    response.on('data', (chunk: string) => this.take(chunk));
    response.on('error', () => this.finish());
    response.on('close', () => this.finish());
  }

  static async open(url: string, path: string, headers: Record<string, string> = {}): Promise<EventReader> {
    const contract = await EventContract.of(url);
    return new Promise((resolve, reject) => {
      const sent = request(`${url}${path}`, { headers, agent: false });
      sent.on('response', (response) => resolve(new EventReader(sent, response, path, contract)));
      sent.on('error', reject);
      sent.end();
    });
  }

  /** The next event that was not taken yet; null when the stream has ended. */
  async next(): Promise<ReadEvent | null> {
    while (this.events.length === 0 && !this.ended) await new Promise<void>((resolve) => this.wakes.add(resolve));
    return this.events.shift() ?? null;
  }

  async nextBeat(): Promise<void> {
    const before = this.beats;
    while (this.beats === before) {
      if (this.ended) throw new Error('the stream ended before a comment');
      await new Promise<void>((resolve) => this.wakes.add(resolve));
    }
  }

  /** The next event of this name, past all others. */
  async nextOf(name: string): Promise<ReadEvent> {
    for (;;) {
      const event = await this.next();
      if (!event) throw new Error(`the stream ended before an event ${name}`);
      if (event.event === name) return event;
    }
  }

  async all(): Promise<ReadEvent[]> {
    const all: ReadEvent[] = [];
    for (let event = await this.next(); event; event = await this.next()) all.push(event);
    return all;
  }

  /** Leaves, as a browser does that closes its page. */
  close(): void {
    this.sent.destroy();
  }

  private take(chunk: string): void {
    this.text += chunk;
    const blocks = this.text.split('\n\n');
    this.text = blocks.pop() ?? '';
    for (const block of blocks) {
      if (block.startsWith(':')) this.beats++;
      const fields = new Map(
        block.split('\n').map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
      );
      const data = fields.get('data');
      if (data === undefined) continue;
      const event = {
        event: fields.get('event') ?? 'message',
        id: fields.get('id') ?? null,
        data: JSON.parse(data) as Record<string, unknown>,
      };
      compareEvent(this.contract, this.path, event);
      this.events.push(event);
    }
    this.wake();
  }

  private finish(): void {
    this.ended = true;
    this.wake();
  }

  private wake(): void {
    for (const wake of this.wakes) wake();
    this.wakes.clear();
  }
}

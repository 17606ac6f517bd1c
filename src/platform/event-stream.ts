import { Readable } from 'node:stream';

/** One server-sent event: `data` goes out as one line of JSON. */
export interface StreamEvent {
  readonly event: string;
  /** What `Last-Event-ID` brings back; none for events that cannot be resumed at. */
  readonly id?: string | number;
  readonly data: unknown;
}

/** Why the server ends a stream. After `final` there is nothing to come back for. */
export const END_REASONS = {
  final: 'nothing more will happen',
  'slow-reader': 'too much was left unread',
  revoked: 'the key that opened it was revoked',
  'token-expired': 'the token of the buyer who opened it is good no more; open it with the next one',
  'session-over': 'the session of the dashboard that opened it is over',
  stopping: 'the process stops; another one goes on',
} as const;

export type EndReason = keyof typeof END_REASONS;

/** What a reader may leave unread before it is dropped; some 400 reservations. */
const UNREAD_BYTES_MAX = 256 * 1024;
/** Browsers reconnect after this long, by themselves. */
const RETRY_MS = 1_000;
/** A reader that does not even read the end is cut off after this long. */
export const END_GRACE_MS = 5_000;

/** An event as the wire has it. */
export function encodeEvent({ event, id, data }: StreamEvent): string {
  const head = id === undefined ? `event: ${event}\n` : `id: ${id}\nevent: ${event}\n`;
  return `${head}data: ${JSON.stringify(data)}\n\n`;
}

/**
 * One reader's stream of server-sent events (the HTML standard, 9.2). Nothing is kept for a slow reader beyond
 * `UNREAD_BYTES_MAX`: it is told so and dropped, and finds the present state when it comes back.
 */
export class EventStream {
  readonly body = new Readable({ read: () => undefined });
  private ended = false;

  constructor() {
    this.body.push(`retry: ${RETRY_MS}\n\n`);
  }

  isOpen(): boolean {
    return !this.ended && !this.body.destroyed;
  }

  onClose(listener: () => void): void {
    this.body.once('close', listener);
  }

  send(event: StreamEvent): void {
    this.write(encodeEvent(event));
  }

  /** Text that was encoded once for many readers. */
  write(text: string): void {
    if (!this.isOpen()) return;
    if (this.body.readableLength > UNREAD_BYTES_MAX) this.end('slow-reader');
    else this.body.push(text);
  }

  /** A comment, so that whatever stands between knows that the connection lives. */
  beat(): void {
    this.write(': still here\n\n');
  }

  end(reason: EndReason): void {
    if (!this.isOpen()) return;
    this.ended = true;
    this.body.push(encodeEvent({ event: 'end', data: { reason } }));
    this.body.push(null);
    setTimeout(() => this.body.destroy(), END_GRACE_MS).unref();
  }
}

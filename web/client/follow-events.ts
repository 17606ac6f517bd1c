import { EventLines, type ServerEvent } from './event-lines.js';
import { pause, pauseMsAfter } from './pause.js';
import { ProblemError, problemOf } from './problem-error.js';

/** `lost` lasts until the server answers again; `over` is for good. */
export type StreamState = 'connecting' | 'open' | 'lost' | 'over';

export interface FollowOptions {
  readonly url: string;
  /** Credentials, as a rule. Asked anew for each connection. */
  readonly headers?: () => Record<string, string>;
  readonly onEvent: (event: ServerEvent) => void;
  readonly onState?: (state: StreamState, problem: ProblemError | null) => void;
  /** After so long without a word the connection is dead, whatever it looks like. Default: two heartbeats and a little. */
  readonly silenceMsMax?: number;
}

const RETRY_MS_MIN = 500;
const RETRY_MS_MAX = 10_000;
/** The server says something every 15 s. */
const SILENCE_MS_MAX = 35_000;

/**
 * Reads an event stream with `fetch`, which can send credentials, until the returned function is called or the server
 * says that nothing more will come. A lost connection is made again, with `Last-Event-ID`, after a pause that grows.
 */
export function followEvents(options: FollowOptions): () => void {
  const stop = new AbortController();
  void follow(options, stop.signal);
  return () => stop.abort();
}

async function follow(options: FollowOptions, stop: AbortSignal): Promise<void> {
  let lastId: string | null = null;
  let failures = 0;
  const tell = options.onState ?? ((): void => undefined);
  tell('connecting', null);
  while (!stop.aborted) {
    let problem: ProblemError | null = null;
    try {
      const ended = await readOnce(options, lastId, stop, (event) => {
        failures = 0;
        lastId = event.id ?? lastId;
      });
      if (ended === 'final') {
        tell('over', null);
        return;
      }
    } catch (error) {
      problem = error instanceof ProblemError ? error : ProblemError.unreachable(error);
      if (isForGood(problem)) {
        tell('over', problem);
        return;
      }
    }
    if (isAborted(stop)) return;
    tell('lost', problem);
    await pause(pauseMsAfter(failures++, RETRY_MS_MIN, RETRY_MS_MAX), stop);
  }
}

/** A refusal that the same request would meet again. */
const isForGood = ({ status }: ProblemError): boolean => status >= 400 && status < 500 && status !== 429;
const isAborted = (signal: AbortSignal): boolean => signal.aborted;

async function readOnce(
  { url, headers, onEvent, onState, silenceMsMax = SILENCE_MS_MAX }: FollowOptions,
  lastId: string | null,
  stop: AbortSignal,
  note: (event: ServerEvent) => void,
): Promise<string | null> {
  const silence = new AbortController();
  const resume = lastId === null ? {} : { 'Last-Event-ID': lastId };
  const response = await fetch(url, {
    headers: { Accept: 'text/event-stream', ...headers?.(), ...resume },
    signal: AbortSignal.any([stop, silence.signal]),
  });
  if (!response.ok || !response.body) throw await problemOf(response);
  onState?.('open', null);
  const lines = new EventLines();
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  for (;;) {
    const timer = setTimeout(() => silence.abort(), silenceMsMax);
    const { done, value } = await reader.read().finally(() => clearTimeout(timer));
    if (done) return null;
    for (const event of lines.take(value)) {
      note(event);
      if (event.event === 'end') return reasonOf(event);
      onEvent(event);
    }
  }
}

function reasonOf({ data }: ServerEvent): string | null {
  return typeof data === 'object' && data !== null && 'reason' in data ? String(data.reason) : null;
}

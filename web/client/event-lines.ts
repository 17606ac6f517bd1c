/** One server-sent event. */
export interface ServerEvent {
  readonly event: string;
  readonly id: string | null;
  /** The JSON of its `data`. */
  readonly data: unknown;
}

/** Reads the text of an event stream piece by piece (the HTML standard, 9.2.6); returns the events that are complete. */
export class EventLines {
  private rest = '';
  private event = '';
  private id: string | null = null;
  private data: string[] = [];

  take(text: string): ServerEvent[] {
    const lines = (this.rest + text).split(/\r\n|\n|\r(?!$)/);
    this.rest = lines.pop() ?? '';
    return lines.flatMap((line) => this.line(line));
  }

  private line(line: string): ServerEvent[] {
    if (line === '') return this.dispatch();
    const colon = line.indexOf(':');
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (field === 'event') this.event = value;
    if (field === 'data') this.data.push(value);
    if (field === 'id') this.id = value;
    return [];
  }

  private dispatch(): ServerEvent[] {
    const { event, data, id } = this;
    this.event = '';
    this.data = [];
    if (data.length === 0) return [];
    return [{ event: event === '' ? 'message' : event, id, data: JSON.parse(data.join('\n')) as unknown }];
  }
}

import { Ajv, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import type { EventDocument } from '../../src/platform/describe-events.js';
import { closeObjects } from '../../src/platform/openapi-schemas.js';

export interface ToldEvent {
  readonly event: string;
  readonly id: string | null;
  readonly data: unknown;
}

interface Channel {
  readonly name: string;
  readonly pattern: RegExp;
  readonly messages: readonly string[];
}

/** The AsyncAPI document as a judge of events. Objects are closed, so that a member which nobody documented is a fault. */
export class EventContract {
  private static readonly known = new Map<string, Promise<EventContract>>();
  private readonly ajv = new Ajv({ strict: false, allErrors: true });
  private readonly channels: Channel[];
  private readonly validators = new Map<string, [headers: ValidateFunction, payload: ValidateFunction]>();

  constructor(document: EventDocument) {
    const closed = structuredClone(document);
    closeObjects(closed.components);
    // @ts-expect-error the module is CommonJS: here, as for Node, its default is the function itself
    addFormats(this.ajv);
    this.ajv.addSchema(closed, 'events');
    this.channels = Object.entries(document.channels).map(([name, { address, messages }]) => ({
      name,
      pattern: new RegExp(`^${String(address).replaceAll(/\{\w+\}/g, '[^/]+')}$`),
      messages: Object.keys(messages as object),
    }));
  }

  /** As the server at this address serves it. */
  static of(url: string): Promise<EventContract> {
    const known = this.known.get(url) ?? this.read(url);
    this.known.set(url, known);
    return known;
  }

  private static async read(url: string): Promise<EventContract> {
    return new EventContract((await (await fetch(`${url}/asyncapi.json`)).json()) as EventDocument);
  }

  /** Throws what of the event the document does not say. */
  judge(path: string, { event, id, data }: ToldEvent): void {
    const address = path.split('?', 1)[0] ?? '';
    const channel = this.channels.find(({ pattern }) => pattern.test(address));
    if (!channel) throw new Error('no channel has this address');
    if (!channel.messages.includes(event)) throw new Error(`${channel.name} tells ${channel.messages.join(', ')}`);
    const [headers, payload] = this.validatorsOf(channel.name, event);
    if (!headers({ event, ...(id !== null && { id }) })) throw new Error(this.ajv.errorsText(headers.errors));
    if (!payload(data))
      throw new Error(`${this.ajv.errorsText(payload.errors)}\n${JSON.stringify(data).slice(0, 2_000)}`);
  }

  private validatorsOf(channel: string, event: string): [headers: ValidateFunction, payload: ValidateFunction] {
    const name = `${channel}/messages/${event}`;
    const compiled = this.validators.get(name) ?? [
      this.ajv.compile({ $ref: `events#/channels/${name}/headers` }),
      this.ajv.compile({ $ref: `events#/channels/${name}/payload` }),
    ];
    this.validators.set(name, compiled);
    return compiled;
  }
}

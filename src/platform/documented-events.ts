import type { Type } from '@nestjs/common';

/** What the `id` of an event is, which `Last-Event-ID` brings back. */
export interface EventId {
  readonly description: string;
  readonly pattern: string;
  readonly example: string;
  /** Only some events of this name have one. */
  readonly optional?: true;
}

/** An event of a stream, as both documents tell it. */
export interface DocumentedEvent<Payload extends object = object> {
  readonly payload: Type<Payload>;
  /** When it comes, and what it tells. */
  readonly summary: string;
  /** One of these events, whole, as it might be told. */
  readonly example: Payload;
  readonly id?: EventId;
  /** Members that are the same in every event of this name. */
  readonly where?: Partial<Payload>;
}

export type DocumentedEvents = Readonly<Record<string, DocumentedEvent>>;

/** The events that a stream of these may send: what goes with a name is of the class that is documented for it. */
export type EventOf<Events extends DocumentedEvents> = {
  [Name in keyof Events & string]: {
    event: Name;
    id?: string | number;
    data: InstanceType<Events[Name]['payload']>;
  };
}[keyof Events & string];

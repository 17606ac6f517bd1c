import { applyDecorators } from '@nestjs/common';
import { ApiExtraModels, ApiProduces, ApiProperty, ApiResponse } from '@nestjs/swagger';
import type { DocumentedEvent, DocumentedEvents } from './documented-events.js';
import { END_REASONS, type EndReason } from './event-stream.js';
import { addTraits } from './route-traits.js';

const REASONS = Object.entries(END_REASONS).map(([reason, meaning]) => `${reason}: ${meaning}.`);

/** The last event of every stream that the server ends. */
export class StreamEnd {
  @ApiProperty({ type: String, enum: Object.keys(END_REASONS), example: 'final', description: REASONS.join(' ') })
  reason!: EndReason;
}

const END: DocumentedEvent<StreamEnd> = {
  payload: StreamEnd,
  example: { reason: 'stopping' },
  summary:
    'The last event of a stream that the server ends, and why it does. A connection that is lost ends without one.',
};

/** Names the events of a stream, for the OpenAPI document (their schemas) and for that of the events (all of it). */
export function ApiEvents(events: DocumentedEvents): MethodDecorator {
  const all: DocumentedEvents = { ...events, end: END };
  return applyDecorators(
    ApiExtraModels(...new Set(Object.values(all).map(({ payload }) => payload))),
    ApiProduces('text/event-stream'),
    ApiResponse({
      status: 200,
      description: `A stream of events, each described in \`/asyncapi.json\`: ${Object.keys(all).join(', ')}`,
      content: { 'text/event-stream': { schema: { type: 'string' } } },
    }),
    (_prototype: object, _name: string | symbol, descriptor: PropertyDescriptor): void =>
      addTraits(descriptor.value as object, { events: all }),
  );
}

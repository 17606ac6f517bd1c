import { ApiProperty } from '@nestjs/swagger';
import { ReservationResource } from '../reservations/reservation-resource.js';
import { TRANSITION_KINDS } from './history-rows.js';

export const TRACE_KINDS = [
  ...(['queued', 'rejected'] as const),
  ...TRANSITION_KINDS,
  ...(['payment-refused', 'operator', 'delivered', 'pending'] as const),
] as const;
export type TraceKind = (typeof TRACE_KINDS)[number];

/** One thing that was decided about a reservation, or done to it. */
export class TraceEntry {
  @ApiProperty({
    type: String,
    enum: TRACE_KINDS,
    example: 'released',
    description:
      'queued, rejected: the request. held to cancelled: transitions. payment-refused: a payment that made no order. ' +
      'operator: a line of the audit log. delivered: what Postgres decided has reached Redis. pending: it has not yet',
  })
  kind!: TraceKind;
  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    example: '2026-11-21T20:05:00.123Z',
    description: 'Null where no store keeps when: of a rejection',
  })
  at!: string | null;
  @ApiProperty({ type: 'integer', nullable: true, example: 3, description: 'The version after a transition' })
  sequence!: number | null;
  @ApiProperty({ type: String, nullable: true, example: 'admin:key_4k2m9x0a1b3c' })
  actor!: string | null;
  @ApiProperty({ type: String, nullable: true, example: 'Night shift' })
  actorName!: string | null;
  @ApiProperty({ type: String, nullable: true, example: 'the customer called', description: 'Of a refusal its code' })
  reason!: string | null;
  @ApiProperty({ example: 'Given back by an operator (Night shift): “the customer called”.' })
  text!: string;
}

export class ReservationTrace {
  @ApiProperty({ type: ReservationResource })
  reservation!: ReservationResource;
  @ApiProperty({ type: [TraceEntry], description: 'First things first' })
  entries!: TraceEntry[];
}

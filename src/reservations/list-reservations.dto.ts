import { ApiProperty } from '@nestjs/swagger';
import { OneOf } from '../platform/body-rules.js';
import type { ReservationStatus } from './reservation.js';
import { RESERVATION_STATUSES, ReservationResource, STALE } from './reservation-resource.js';
import { CustomerId } from './reserve.dto.js';

export class ListReservationsQuery {
  @CustomerId()
  customerId?: string;

  @OneOf(RESERVATION_STATUSES, { optional: true, example: 'held' })
  status?: ReservationStatus;
}

export class ReservationList {
  @ApiProperty({ type: [ReservationResource], description: 'Newest first, at most 100' })
  items!: ReservationResource[];
  @ApiProperty({
    required: false,
    type: Boolean,
    enum: [true],
    example: true,
    description: `${STALE}; some may be missing`,
  })
  stale?: true;
}

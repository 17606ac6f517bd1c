import { ApiProperty } from '@nestjs/swagger';
import { IsIn, IsOptional, IsString, Matches } from 'class-validator';
import type { ReservationStatus } from './reservation.js';
import { ReservationResource } from './reservation-resource.js';
import { CUSTOMER_ID } from './reserve.dto.js';

const STATUSES = ['queued', 'held', 'checkout', 'confirmed', 'rejected', 'released', 'expired'];

export class ListReservationsQuery {
  @ApiProperty({ required: false, example: 'c_42', description: 'Service callers name the customer; a buyer is one' })
  @IsOptional()
  @IsString()
  @Matches(CUSTOMER_ID, { message: 'customerId must be 1 to 128 printable characters' })
  customerId?: string;

  @ApiProperty({ required: false, enum: STATUSES })
  @IsOptional()
  @IsIn(STATUSES)
  status?: ReservationStatus;
}

export class ReservationList {
  @ApiProperty({ type: [ReservationResource], description: 'Newest first, at most 100' })
  items!: ReservationResource[];
}

import { ApiProperty } from '@nestjs/swagger';

/** Seconds that a series tells of, and that `perSecond` is the mean of. */
export const SERIES_SECONDS = 60;
export const MEAN_SECONDS = 10;

export class Rate {
  @ApiProperty({ type: 'number', minimum: 0, example: 41.2, description: `Mean of the last ${MEAN_SECONDS} s` })
  perSecond!: number;
  @ApiProperty({ type: 'integer', minimum: 0, example: 2210 })
  lastMinute!: number;
  @ApiProperty({
    type: [Number],
    example: [40, 42, 41],
    description: `Each of the last ${SERIES_SECONDS} s, the latest at the end`,
  })
  series!: number[];
}

export class RefusalRate {
  @ApiProperty({ example: 'units-unavailable', description: 'Of the problem' })
  code!: string;
  @ApiProperty({ type: 'number', minimum: 0, example: 310.5 })
  perSecond!: number;
  @ApiProperty({ type: 'integer', minimum: 0, example: 18400 })
  lastMinute!: number;
}

/** What happened in the minute up to `until`, in all processes together. */
export class RatesOfSale {
  @ApiProperty({ format: 'date-time', example: '2026-11-21T20:00:00.000Z', description: 'End of the last second told' })
  until!: string;
  @ApiProperty({ type: Rate, description: 'Requests written down to be decided' })
  requests!: Rate;
  @ApiProperty({ type: Rate, description: 'Holds made' })
  holds!: Rate;
  @ApiProperty({ type: Rate, description: 'Units in holds made' })
  heldUnits!: Rate;
  @ApiProperty({ type: Rate, description: 'Orders made' })
  confirms!: Rate;
  @ApiProperty({ type: Rate, description: 'Reservations given back' })
  releases!: Rate;
  @ApiProperty({ type: Rate, description: 'Reservations that ran out' })
  expiries!: Rate;
  @ApiProperty({ type: Rate, description: 'Requests refused, at the door and after queueing' })
  refusals!: Rate;
  @ApiProperty({ type: [RefusalRate], description: 'The most frequent first' })
  refusalsByCode!: RefusalRate[];
}

import { ApiProperty, getSchemaPath } from '@nestjs/swagger';
import { SaleStatus } from '../generated/prisma/enums.js';
import { TextOf } from '../platform/body-rules.js';
import { SkuAvailability } from '../sales/availability.view.js';
import { RatesOfSale } from './rates.dto.js';
import { SALE_ID } from './sale-id.js';

/** Steps of a histogram; one more has all that is beyond. */
export const HISTOGRAM_STEPS = 15;

const count = (example: number, description?: string): PropertyDecorator =>
  ApiProperty({ type: 'integer', minimum: 0, example, ...(description && { description }) });

/** An object or null; the method that answers with it names the class among its `ApiExtraModels`. */
function OrNull(type: new () => object, description: string): PropertyDecorator {
  const oneOf = [{ $ref: getSchemaPath(type) }, { type: 'null' }];
  return ApiProperty({ oneOf, description });
}

export class StatsQuery {
  @TextOf(SALE_ID, {
    optional: true,
    example: 'sale_k3v9x2m1qa',
    description: 'Left out: only what is of no sale (queues and instances)',
  })
  saleId?: string;
}

export class SkuStats extends SkuAvailability {
  @ApiProperty({ example: 'General admission' })
  name!: string;
}

export class StatsTotals {
  @count(1000)
  capacity!: number;
  @count(812)
  available!: number;
  @count(120)
  held!: number;
  @count(8)
  checkout!: number;
  @count(60)
  sold!: number;
  @count(0)
  blocked!: number;
}

export class AgeStep {
  @count(60)
  fromSeconds!: number;
  @ApiProperty({ type: 'integer', nullable: true, example: 120, description: 'Null: all that is older' })
  toSeconds!: number | null;
  @count(12, 'Holds of this age, in payment too')
  holds!: number;
  @count(30)
  units!: number;
}

export class ExpiryStep {
  @count(60, 'From now')
  fromSeconds!: number;
  @ApiProperty({ type: 'integer', nullable: true, example: 120, description: 'Null: all that ends later' })
  toSeconds!: number | null;
  @count(12, 'Holds that end then, if nobody pays, extends or releases them')
  holds!: number;
  @count(30, 'Units that come back with them')
  units!: number;
  @count(2, 'Payment windows that end then')
  checkouts!: number;
  @count(4)
  checkoutUnits!: number;
}

export class TopHolder {
  @ApiProperty({ example: 'c_42' })
  customerId!: string;
  @count(2, 'Held and in payment')
  holds!: number;
  @count(4)
  units!: number;
}

export class Outcomes {
  @count(412, 'Orders ever made')
  ordered!: number;
  @count(3, 'Orders among them that were cancelled')
  cancelled!: number;
  @count(60, 'Reservations that were given back')
  released!: number;
  @count(88, 'Reservations that ran out')
  expired!: number;
  @ApiProperty({
    type: 'number',
    nullable: true,
    minimum: 0,
    maximum: 1,
    example: 0.74,
    description: 'Orders among the holds that are over: ordered / (ordered + released + expired); null: none is over',
  })
  holdToOrderRatio!: number | null;
}

export class HoldFigures {
  @ApiProperty({
    format: 'date-time',
    example: '2026-11-21T20:00:01.250Z',
    description: 'When they were read: at most 1 s ago, of very many holds at most 30 s',
  })
  asOf!: string;
  @count(128, 'Held and in payment')
  live!: number;
  @count(130)
  liveUnits!: number;
  @count(60, 'Width of a step below, chosen so that the steps reach past the TTL of a hold')
  stepSeconds!: number;
  @ApiProperty({ type: [AgeStep], description: 'By how long ago they were made' })
  ageHistogram!: AgeStep[];
  @ApiProperty({ type: [ExpiryStep], description: 'By when they end' })
  expiryForecast!: ExpiryStep[];
  @ApiProperty({ type: [TopHolder], description: 'At most 10 customers, those with most units first' })
  topHolders!: TopHolder[];
  @ApiProperty({ type: Outcomes })
  outcomes!: Outcomes;
}

export class SaleStats {
  @ApiProperty({ example: 'sale_k3v9x2m1qa' })
  saleId!: string;
  @ApiProperty({ example: 'Midnight Drop' })
  name!: string;
  @ApiProperty({ type: String, enum: Object.values(SaleStatus), example: 'open' })
  status!: SaleStatus;
  @ApiProperty({ example: false, description: 'True while Redis is out of reach: the counts are those of the journal' })
  stale!: boolean;
  @ApiProperty({ type: [SkuStats], description: 'available + held + checkout + sold + blocked = capacity, of each' })
  skus!: SkuStats[];
  @ApiProperty({ type: StatsTotals, description: 'The sums of the SKUs' })
  totals!: StatsTotals;
  @ApiProperty({
    type: 'integer',
    minimum: 0,
    nullable: true,
    example: 0,
    description: 'Requests that wait for a decision; null while Redis is out of reach',
  })
  undecidedRequests!: number | null;
  @OrNull(RatesOfSale, 'Null while Redis is out of reach')
  rates!: RatesOfSale | null;
  @OrNull(HoldFigures, 'Null while Postgres is out of reach')
  holds!: HoldFigures | null;
}

export class QueueStats {
  @ApiProperty({ example: 'reserve-0' })
  queue!: string;
  @count(3, 'Batches of requests that are not decided yet')
  jobs!: number;
  @count(0, 'Batches that failed and are kept to be looked at')
  failed!: number;
  @count(12, 'Age of the oldest undecided batch; 0 for none')
  oldestAgeMs!: number;
}

export class InstanceStats {
  @ApiProperty({ example: 'run_4k2m9x0a1b' })
  id!: string;
  @ApiProperty({ type: String, enum: ['all', 'api', 'worker'], example: 'worker' })
  role!: 'all' | 'api' | 'worker';
  @ApiProperty({ example: 'holdfast-worker-1' })
  host!: string;
  @ApiProperty({ format: 'date-time', example: '2026-11-21T18:00:00.000Z' })
  startedAt!: string;
  @ApiProperty({ format: 'date-time', example: '2026-11-21T20:00:01.000Z' })
  seenAt!: string;
  @ApiProperty({ example: true, description: 'It gave a sign of life in the last 5 s' })
  alive!: boolean;
}

export class Stats {
  @ApiProperty({ format: 'date-time', example: '2026-11-21T20:00:01.250Z', description: 'At most 1 s ago' })
  asOf!: string;
  @OrNull(SaleStats, 'Null where none was asked for')
  sale!: SaleStats | null;
  @ApiProperty({ type: [QueueStats], nullable: true, description: 'Null while Redis is out of reach' })
  queues!: QueueStats[] | null;
  @ApiProperty({
    type: [InstanceStats],
    nullable: true,
    description: 'Processes that gave a sign of life in the last minute; null while Redis is out of reach',
  })
  instances!: InstanceStats[] | null;
  @count(2, 'Instances that are alive and decide reservations')
  workersAlive!: number;
  @ApiProperty({
    type: 'integer',
    nullable: true,
    example: 4711,
    description: 'The newest line of the audit log; null: there is none, or Postgres is out of reach',
  })
  lastAuditId!: number | null;
}

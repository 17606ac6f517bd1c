import { ApiProperty } from '@nestjs/swagger';
import { PrintableText, TextOf, YesOrNo } from '../platform/body-rules.js';
import { FINDING_KINDS, type FindingKind } from '../reconcile/audit-finding.js';
import { VERDICTS, type Verdict } from '../reconcile/audit.js';
import { REASON_LENGTH_MAX } from '../sales/sale-limits.js';
import { SALE_ID } from './sale-id.js';

export class LedgerCheckQuery {
  @TextOf(SALE_ID, { optional: true, example: 'sale_k3v9x2m1qa', description: 'Left out: every sale that is not over' })
  saleId?: string;
}

export class RepairLedgerBody {
  @TextOf(SALE_ID, { example: 'sale_k3v9x2m1qa' })
  saleId!: string;

  @YesOrNo({ optional: true, example: true, description: 'Only say what would be done; default true' })
  dryRun?: boolean;

  @YesOrNo({
    optional: true,
    example: false,
    description:
      'Also from a Postgres that knows less than Redis: units that it has forgotten are sold again. Default false',
  })
  acceptOlderPostgres?: boolean;

  @PrintableText(REASON_LENGTH_MAX, { example: 'The audit found drift', description: 'For the audit log' })
  reason!: string;
}

export class LedgerFinding {
  @ApiProperty({ type: String, enum: FINDING_KINDS, example: 'sums' })
  kind!: FindingKind;
  @ApiProperty({
    example: 'SKU 1: available 9 + held 2 + checkout 0 + sold 0 + blocked 0 = 11, and its capacity is 10',
  })
  text!: string;
}

export class LedgerCompared {
  @ApiProperty({ type: 'integer', example: 2 })
  skus!: number;
  @ApiProperty({
    type: 'integer',
    example: 1500,
    description: 'Units whose marks in Redis were compared with who has them',
  })
  units!: number;
  @ApiProperty({ type: 'integer', example: 120, description: 'Holds in Redis' })
  holds!: number;
  @ApiProperty({ type: 'integer', example: 120, description: 'Held and pinned reservations in Postgres' })
  rows!: number;
  @ApiProperty({ type: 'integer', example: 60, description: 'Sold units in Postgres' })
  soldUnits!: number;
  @ApiProperty({ type: 'integer', example: 0, description: 'Units out of sale in Postgres' })
  withdrawnUnits!: number;
  @ApiProperty({ type: 'integer', example: 0, description: 'SKUs that moved too often to be read as of one moment' })
  skusLeft!: number;
  @ApiProperty({ example: true, description: 'Whether holds were added up and compared: only while nothing moves' })
  countersOfHolds!: boolean;
}

export class LedgerCheck {
  @ApiProperty({ example: 'sale_k3v9x2m1qa' })
  saleId!: string;
  @ApiProperty({
    type: String,
    enum: VERDICTS,
    example: 'agrees',
    description: 'drift: a rebuild heals it. postgres-older: it must not be rebuilt from this Postgres',
  })
  verdict!: Verdict;
  @ApiProperty({ type: String, nullable: true, example: null, description: 'Why it was not compared' })
  why!: string | null;
  @ApiProperty({ type: 'integer', nullable: true, example: 3 })
  epoch!: number | null;
  @ApiProperty({
    type: 'integer',
    example: 1,
    description: 'How often both stores were read: more than once where something moved',
  })
  looks!: number;
  @ApiProperty({ type: LedgerCompared })
  compared!: LedgerCompared;
  @ApiProperty({ type: [LedgerFinding], description: 'At most 100 of them' })
  findings!: LedgerFinding[];
  @ApiProperty({ type: 'integer', example: 0 })
  findingsTotal!: number;
}

export class LedgerCheckList {
  @ApiProperty({ type: [LedgerCheck] })
  items!: LedgerCheck[];
  @ApiProperty({ type: 'integer', example: 0, description: 'Sales that were left out: ask for them by id' })
  left!: number;
}

const OUTCOMES = ['dry-run', 'rebuilt', 'rebuilt-by-another'] as const;

export class LedgerRepair {
  @ApiProperty({ example: true, description: 'True: nothing was changed' })
  dryRun!: boolean;
  @ApiProperty({ type: String, enum: OUTCOMES, example: 'dry-run' })
  outcome!: (typeof OUTCOMES)[number];
  @ApiProperty({
    type: [String],
    example: ['Epoch 3 ends; until epoch 4 is open, callers are answered 503.', 'SKU 1: available 9 becomes 8.'],
    description: 'What was done, or would be, in words',
  })
  steps!: string[];
  @ApiProperty({ type: LedgerCheck })
  before!: LedgerCheck;
}

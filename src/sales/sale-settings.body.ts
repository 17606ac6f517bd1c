import type { LatePayment } from '../generated/prisma/enums.js';
import { Instant, OneOf, WholeNumber } from '../platform/body-rules.js';
import { HOLD_AGE_SECONDS_MAX, SETTING_RANGES, UNITS_PER_CUSTOMER } from './sale-limits.js';

const initially = (value: number): string => `left out at creation: ${value}`;

/** The settings that creation and change of a sale have in common. All may be left out. */
export class SaleSettingsBody {
  @Instant({ optional: true, nullable: true, example: '2026-11-21T20:00:00.000Z', description: 'null: opened by hand' })
  opensAt?: string | null;

  @Instant({ optional: true, nullable: true, example: '2026-11-22T20:00:00.000Z', description: 'null: closed by hand' })
  closesAt?: string | null;

  @WholeNumber(SETTING_RANGES.holdTtlSeconds, {
    optional: true,
    example: 600,
    description: `How long a hold lasts; of holds made from now on; ${initially(SETTING_RANGES.holdTtlSeconds.initial)}`,
  })
  holdTtlSeconds?: number;

  @WholeNumber(SETTING_RANGES.checkoutTtlSeconds, {
    optional: true,
    example: 900,
    description: `The payment window; of pins made from now on; ${initially(SETTING_RANGES.checkoutTtlSeconds.initial)}`,
  })
  checkoutTtlSeconds?: number;

  @WholeNumber(SETTING_RANGES.queueTimeoutSeconds, {
    optional: true,
    example: 30,
    description: `A request undecided for so long is rejected; ${initially(SETTING_RANGES.queueTimeoutSeconds.initial)}`,
  })
  queueTimeoutSeconds?: number;

  @WholeNumber(UNITS_PER_CUSTOMER, {
    optional: true,
    nullable: true,
    example: 4,
    description: 'Units that one customer may hold and have bought, across SKUs; null: no limit',
  })
  unitsPerCustomerMax?: number | null;

  @WholeNumber(SETTING_RANGES.extensionsMax, {
    optional: true,
    example: 1,
    description: `How often a hold may be extended; ${initially(SETTING_RANGES.extensionsMax.initial)}`,
  })
  extensionsMax?: number;

  @WholeNumber(SETTING_RANGES.extensionStepSeconds, {
    optional: true,
    example: 300,
    description: `By how much one extension prolongs a hold; ${initially(SETTING_RANGES.extensionStepSeconds.initial)}`,
  })
  extensionStepSeconds?: number;

  @WholeNumber(HOLD_AGE_SECONDS_MAX, {
    optional: true,
    example: 900,
    description:
      'No extension goes past this age of a hold; at least holdTtlSeconds. Left out: holdTtlSeconds + extensionsMax × extensionStepSeconds, which then follows changes of these',
  })
  holdAgeSecondsMax?: number;

  @OneOf(['rehold', 'refuse'], {
    optional: true,
    example: 'rehold',
    description:
      'A payment after its window: sell the same or equal units if there are any, or refuse it. Default rehold',
  })
  latePayment?: LatePayment;
}

import { invalid } from '../platform/validation.js';
import type { ChangeSaleBody } from './change-sale.body.js';
import type { CreateSaleBody } from './create-sale.body.js';
import { SETTING_RANGES } from './sale-limits.js';
import type { SaleRow } from './sale-record.js';

/** What an admin decides about a sale and may change later. */
export type SaleSettingsRow = Pick<
  SaleRow,
  | 'name'
  | 'opensAt'
  | 'closesAt'
  | 'holdTtlSeconds'
  | 'checkoutTtlSeconds'
  | 'queueTimeoutSeconds'
  | 'unitsPerCustomerMax'
  | 'extensionsMax'
  | 'extensionStepSeconds'
  | 'holdAgeSecondsMax'
  | 'latePayment'
>;

/** The settings of a sale that a creation names, with the initial ones for the rest. Throws invalid-request. */
export function initialSettings(body: CreateSaleBody): SaleSettingsRow {
  const initial = {
    name: body.name,
    opensAt: null,
    closesAt: null,
    holdTtlSeconds: SETTING_RANGES.holdTtlSeconds.initial,
    checkoutTtlSeconds: SETTING_RANGES.checkoutTtlSeconds.initial,
    queueTimeoutSeconds: SETTING_RANGES.queueTimeoutSeconds.initial,
    unitsPerCustomerMax: null,
    extensionsMax: SETTING_RANGES.extensionsMax.initial,
    extensionStepSeconds: SETTING_RANGES.extensionStepSeconds.initial,
    latePayment: 'rehold',
  } as const;
  return changedSettings({ ...initial, holdAgeSecondsMax: longestHold(initial) }, body);
}

/** The settings of a sale after a change: what the body leaves out stays. Throws invalid-request. */
export function changedSettings(before: SaleSettingsRow, body: CreateSaleBody | ChangeSaleBody): SaleSettingsRow {
  const after: SaleSettingsRow = {
    name: body.name ?? before.name,
    opensAt: timeOr(body.opensAt, before.opensAt),
    closesAt: timeOr(body.closesAt, before.closesAt),
    holdTtlSeconds: body.holdTtlSeconds ?? before.holdTtlSeconds,
    checkoutTtlSeconds: body.checkoutTtlSeconds ?? before.checkoutTtlSeconds,
    queueTimeoutSeconds: body.queueTimeoutSeconds ?? before.queueTimeoutSeconds,
    unitsPerCustomerMax: body.unitsPerCustomerMax === undefined ? before.unitsPerCustomerMax : body.unitsPerCustomerMax,
    extensionsMax: body.extensionsMax ?? before.extensionsMax,
    extensionStepSeconds: body.extensionStepSeconds ?? before.extensionStepSeconds,
    holdAgeSecondsMax: before.holdAgeSecondsMax,
    latePayment: body.latePayment ?? before.latePayment,
  };
  after.holdAgeSecondsMax = body.holdAgeSecondsMax ?? followingAge(before, after);
  assertRelations(after);
  return after;
}

type HoldTimes = Pick<SaleRow, 'holdTtlSeconds' | 'extensionsMax' | 'extensionStepSeconds'>;

const longestHold = ({ holdTtlSeconds, extensionsMax, extensionStepSeconds }: HoldTimes): number =>
  holdTtlSeconds + extensionsMax * extensionStepSeconds;

/** An age that was what TTL and extensions add up to goes on being that; one that was chosen stays as it was chosen. */
function followingAge(before: SaleSettingsRow, after: HoldTimes): number {
  return before.holdAgeSecondsMax === longestHold(before) ? longestHold(after) : before.holdAgeSecondsMax;
}

function assertRelations({ opensAt, closesAt, holdTtlSeconds, holdAgeSecondsMax }: SaleSettingsRow): void {
  if (opensAt && closesAt && closesAt <= opensAt)
    throw invalid([{ pointer: '/closesAt', detail: `must be after opensAt, ${opensAt.toISOString()}` }]);
  if (holdAgeSecondsMax < holdTtlSeconds)
    throw invalid([{ pointer: '/holdAgeSecondsMax', detail: `must be at least holdTtlSeconds, ${holdTtlSeconds}` }]);
}

function timeOr(given: string | null | undefined, otherwise: Date | null): Date | null {
  if (given === undefined) return otherwise;
  return given === null ? null : new Date(given);
}

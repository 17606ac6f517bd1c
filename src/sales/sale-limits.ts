/** The settings of a sale that are numbers: their range, and what a sale gets that does not name them. */
export const SETTING_RANGES = {
  holdTtlSeconds: { min: 5, max: 86_400, initial: 600 },
  checkoutTtlSeconds: { min: 30, max: 86_400, initial: 900 },
  queueTimeoutSeconds: { min: 1, max: 300, initial: 30 },
  extensionsMax: { min: 0, max: 10, initial: 1 },
  extensionStepSeconds: { min: 5, max: 3_600, initial: 300 },
} as const;

/** The longest that a hold could ever last by the other limits: one full TTL and every extension. */
export const HOLD_AGE_SECONDS_MAX = {
  min: SETTING_RANGES.holdTtlSeconds.min,
  max: SETTING_RANGES.holdTtlSeconds.max + SETTING_RANGES.extensionsMax.max * SETTING_RANGES.extensionStepSeconds.max,
} as const;

export const UNITS_PER_CUSTOMER = { min: 1, max: 10_000 } as const;
export const SKU_CAPACITY = { min: 1, max: 1_000_000 } as const;
export const UNIT_PRICE = { min: 0, max: 2_147_483_647 } as const;
export const SEAT_NUMBER = { min: 0, max: 1_000_000 } as const;
export const PAGE_LIMIT = { min: 1, max: 100, initial: 20 } as const;

export const NAME_LENGTH_MAX = 200;
export const SLUG_LENGTH_MAX = 80;
export const LABEL_LENGTH_MAX = 64;
export const REASON_LENGTH_MAX = 500;
export const CURSOR_LENGTH_MAX = 200;
export const SKUS_PER_SALE_MAX = 100;
export const LABELLED_UNITS_PER_SKU_MAX = 10_000;

/** A seat map of 10,000 labelled units is about 800 KB of JSON, so a sale with several of them still fits. */
export const CREATE_SALE_BODY_BYTES_MAX = 4 * 1024 * 1024;

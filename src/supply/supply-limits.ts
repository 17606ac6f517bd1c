import { SKU_CAPACITY } from '../sales/sale-limits.js';

/** Down to nothing: a SKU that is on sale no more. */
export const CAPACITY = { min: 0, max: SKU_CAPACITY.max } as const;
export const UNITS_PER_BLOCK_MAX = 1_000;
/** 1,000 labels of 64 characters, each of up to 4 bytes, with quotes and commas. */
export const BLOCK_BODY_BYTES_MAX = 512 * 1024;

import { SKU_CAPACITY } from '../sales/sale-limits.js';

/** Down to nothing: a SKU that is on sale no more. */
export const CAPACITY = { min: 0, max: SKU_CAPACITY.max } as const;
export const UNITS_PER_BLOCK_MAX = 1_000;
/** 1,000 labels of 64 characters, each of up to 4 bytes, with quotes and commas. */
export const BLOCK_BODY_BYTES_MAX = 512 * 1024;
/** A hall in one go, and what all imports of a SKU may come to: every process keeps the labels in memory. */
export const UNITS_PER_IMPORT_MAX = 10_000;
export const LABELLED_UNITS_MAX = 100_000;
/** 10,000 seats with section, row and seat are about 800 KB of JSON. */
export const IMPORT_BODY_BYTES_MAX = 2 * 1024 * 1024;
export const RELEASES_MAX = 100;

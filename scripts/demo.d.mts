import type { DemoSale } from './banner.mjs';

/** Finds the demo sale or makes it, and opens it while it is a draft. */
export function seedDemo(options: { url: string; adminKey: string }): Promise<DemoSale>;

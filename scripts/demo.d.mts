import type { DemoSale } from './banner.mjs';

/** What is made, as the admin API takes it. */
export const DEMO_SALE: {
  readonly skus: readonly { readonly name: string; readonly units?: readonly { readonly label: string }[] }[];
};

/** Finds the demo sale or makes it, and opens it while it is a draft. */
export function seedDemo(options: { url: string; adminKey: string }): Promise<DemoSale>;

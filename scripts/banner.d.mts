export interface DemoSale {
  saleId: string;
  skuId: string;
}

/** The command that holds a unit, to be pasted into a shell as often as one likes. */
export function holdCommand(options: { url: string; key: string } & DemoSale): string;

/** What a reader sees when everything runs. */
export function banner(options: {
  url: string;
  secrets: Readonly<Record<string, string>> | null;
  shop: boolean;
  demo: DemoSale | null;
  seconds: number;
}): string;

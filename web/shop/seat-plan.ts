/** The hall as the shop knows it, by the name of its SKU: the API sells units by their labels and knows no places. */
const PLANS: Readonly<Record<string, readonly (readonly string[])[]>> = {
  Stalls: ['A', 'B', 'C', 'D', 'E'].map((row) => Array.from({ length: 10 }, (_, seat) => `${row}-${seat + 1}`)),
};

/** Rows of labels, the one nearest to the stage first; null where there is no plan. */
export const seatPlanOf = (skuName: string): readonly (readonly string[])[] | null => PLANS[skuName] ?? null;

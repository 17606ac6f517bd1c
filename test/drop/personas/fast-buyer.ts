import type { Persona } from './persona.js';

const COMES_BACK_MAX = 2;

export const fastBuyer = {
  name: 'fast-buyer',
  share: 34,
  does: 'waits for the decision and pays within two seconds; comes back twice while everything is held by others',
  visit: async (visitor) => {
    for (let visits = 0; visits <= COMES_BACK_MAX; visits++) {
      const cart = await visitor.shop();
      if (cart) {
        await visitor.think(200, 1_000);
        await cart.checkout();
        await visitor.think(200, 1_000);
        await cart.pay();
        return;
      }
      await visitor.think(2_000, 6_000);
    }
  },
} satisfies Persona;

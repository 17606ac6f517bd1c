import type { Persona } from './persona.js';

export const abandoner = {
  name: 'abandoner',
  share: 12,
  does: 'takes units and never comes back, one in four of them from the till: the units must come back by themselves',
  visit: async (visitor) => {
    const cart = await visitor.shop();
    if (!cart || visitor.dice(4) > 0) return;
    await visitor.think(500, 2_000);
    await cart.checkout();
  },
} satisfies Persona;

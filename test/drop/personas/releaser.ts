import type { Persona } from './persona.js';

export const releaser = {
  name: 'releaser',
  share: 8,
  does: 'changes their mind and gives the units back, half of them from the till',
  visit: async (visitor) => {
    const cart = await visitor.shop();
    if (!cart) return;
    await visitor.think(500, 3_000);
    if (visitor.dice(2) === 0) await cart.checkout();
    await visitor.think(200, 1_000);
    await cart.release();
  },
} satisfies Persona;

import type { Persona } from './persona.js';

export const poller = {
  name: 'poller',
  share: 7,
  does: 'takes the 202 and asks every half second what became of it, then pays',
  visit: async (visitor) => {
    const cart = await visitor.shop({ wait: 0, pollMs: 500 });
    if (!cart) return;
    await visitor.think(500, 2_000);
    await cart.pay();
  },
} satisfies Persona;

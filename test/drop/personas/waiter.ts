import type { Persona } from './persona.js';

export const waiter = {
  name: 'waiter',
  share: 7,
  does: 'takes the 202 and has the decision told to them by a long poll, then pays: to be held against the poller',
  visit: async (visitor) => {
    const cart = await visitor.shop({ wait: 0 });
    if (!cart) return;
    await visitor.think(500, 2_000);
    await cart.pay();
  },
} satisfies Persona;

import type { Persona } from './persona.js';

export const retryStorm = {
  name: 'retry-storm',
  share: 4,
  does: 'sends everything three times at once, with the same key and the same payment: one reservation, one order',
  visit: async (visitor) => {
    const cart = visitor.fillCart();
    const [held] = await Promise.all([cart.reserve(), cart.reserve(), cart.reserve()]);
    if (!held) return;
    await visitor.think(200, 1_000);
    await Promise.all([cart.checkout(), cart.checkout(), cart.checkout()]);
    await Promise.all([cart.pay(), cart.pay(), cart.pay()]);
  },
} satisfies Persona;

import type { Persona } from './persona.js';

const TRIES_MAX = 40;

export const bot = {
  name: 'bot',
  share: 4,
  does: 'hammers without a key, forty times at once after each refusal, and pays in the same moment',
  visit: async (visitor) => {
    for (let tries = 0; tries < TRIES_MAX; tries++) {
      const cart = visitor.fillCart();
      if (!(await cart.reserve({ keyed: false, wait: 1 }))) continue;
      await cart.pay();
      return;
    }
  },
} satisfies Persona;

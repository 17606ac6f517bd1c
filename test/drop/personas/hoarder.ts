import type { Cart } from '../cart.js';
import type { Persona } from './persona.js';

const CARTS_MAX = 6;

export const hoarder = {
  name: 'hoarder',
  share: 4,
  does: 'fills cart after cart until the limit stops them, extends what they have, and buys one',
  visit: async (visitor) => {
    const carts: Cart[] = [];
    while (carts.length < CARTS_MAX) {
      const cart = await visitor.shop();
      if (!cart) break;
      carts.push(cart);
    }
    for (const cart of carts) await cart.extend();
    await visitor.think(1_000, 4_000);
    await carts[0]?.pay();
  },
} satisfies Persona;

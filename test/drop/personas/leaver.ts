import type { Persona } from './persona.js';

const CUT_MS_MAX = 40;

export const leaver = {
  name: 'leaver',
  share: 4,
  does: 'closes the browser before the answer is there; half of them come again with the same key, and buy',
  visit: async (visitor) => {
    const cart = visitor.fillCart();
    await cart.reserve({ cutAfterMs: 1 + visitor.dice(CUT_MS_MAX) });
    if (visitor.dice(2) === 0) return;
    await visitor.think(1_000, 3_000);
    if (await cart.reserve()) await cart.pay();
  },
} satisfies Persona;

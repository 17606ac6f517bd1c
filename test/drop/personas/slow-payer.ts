import type { Persona } from './persona.js';

export const slowPayer = {
  name: 'slow-payer',
  share: 12,
  does: 'looks for the card, extends the hold, and pays when most of the payment window is over',
  visit: async (visitor) => {
    const { holdTtlSeconds, checkoutTtlSeconds, extensionsMax } = visitor.venue.plan.sale;
    const cart = await visitor.shop();
    if (!cart) return;
    await visitor.think(holdTtlSeconds * 400, holdTtlSeconds * 700);
    if (extensionsMax > 0) await cart.extend();
    if (!(await cart.checkout())) return;
    await visitor.think(checkoutTtlSeconds * 100, checkoutTtlSeconds * 600);
    await cart.pay();
  },
} satisfies Persona;

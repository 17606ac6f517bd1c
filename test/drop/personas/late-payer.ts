import type { Persona } from './persona.js';

export const latePayer = {
  name: 'late-payer',
  share: 4,
  does: 'pays when the deadline has passed: gets the same units, equal ones, or a refusal with a reason',
  visit: async (visitor) => {
    const cart = await visitor.shop();
    if (!cart) return;
    await cart.pastDeadline(100, 3_000);
    await cart.pay();
  },
} satisfies Persona;

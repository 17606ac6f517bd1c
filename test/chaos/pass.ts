/** Lets time pass: customers think, faults last. */
export function pass(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms)); // pause: chaos is about what happens in time
}

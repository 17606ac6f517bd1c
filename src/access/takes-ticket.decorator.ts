import { addTraits } from '../platform/route-traits.js';

/** A stream that may also be opened with `?ticket=`, for `EventSource`, which can send no credentials otherwise. */
export const TakesTicket =
  (): MethodDecorator =>
  (_prototype, _name, descriptor): void =>
    addTraits(descriptor.value as object, { ticket: true });

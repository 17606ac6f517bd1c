import { addTraits, routeMethodsOf, traitsOf } from '../platform/route-traits.js';
import type { CallerKind } from './caller.js';

/**
 * Names the kinds of caller that a route is for, on a method or for all methods of a controller; a method's own list
 * wins. A kind that is not named is refused: 401 where it is anonymous, else 403. A route without it makes start fail.
 */
export function Allow(...kinds: [CallerKind, ...CallerKind[]]): ClassDecorator & MethodDecorator {
  return (target: object, _name?: string | symbol, descriptor?: PropertyDescriptor): void => {
    if (descriptor) {
      addTraits(descriptor.value as object, { allow: kinds });
      return;
    }
    for (const method of routeMethodsOf(target as { prototype: object })) {
      if (!traitsOf(method).allow) addTraits(method, { allow: kinds });
    }
  };
}

import { addTraits, type DocumentedProblem, routeMethodsOf, traitsOf } from './route-traits.js';

/**
 * Names the problems that a route may answer, on a method or for all methods of a controller; what is named adds up.
 * Name only what the route itself refuses: `problems-of-routes.ts` adds what follows from the kind of route (who may
 * call, whether it has a body or a query, and what may befall any of them).
 */
export function ApiProblems(
  ...problems: [DocumentedProblem, ...DocumentedProblem[]]
): ClassDecorator & MethodDecorator {
  return (target: object, _name?: string | symbol, descriptor?: PropertyDescriptor): void => {
    const methods = descriptor ? [descriptor.value as object] : routeMethodsOf(target as { prototype: object });
    for (const method of methods) {
      addTraits(method, { problems: [...(traitsOf(method).problems ?? []), ...problems] });
    }
  };
}

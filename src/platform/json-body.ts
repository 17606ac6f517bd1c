import { Problem } from '../problems.js';

/** No request of ours nests deeper than 5; the walks of the validation are recursive and must not exhaust the stack. */
const DEPTH_MAX = 20;
/**
 * Names by which a body could reach an object's prototype when its members are copied, and those of methods that every
 * object has: the validation takes such a member for the method and loses it without a word.
 */
const FORBIDDEN = new Set(['prototype', ...Object.getOwnPropertyNames(Object.prototype)]);

/** The parsed body, or the problem with it. An empty one is no body: many clients send the content type regardless. */
export function parseJson(text: string): { body: unknown } | { problem: Problem } {
  if (text === '') return { body: undefined };
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return { problem: new Problem('malformed-request', 'The body is not JSON.') };
  }
  const fault = findFault(body);
  return fault === undefined ? { body } : { problem: new Problem('malformed-request', fault) };
}

function findFault(body: unknown): string | undefined {
  let level = [body];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > DEPTH_MAX) return `The body is nested deeper than ${DEPTH_MAX} levels.`;
    const next: unknown[] = [];
    for (const value of level) {
      if (typeof value !== 'object' || value === null) continue;
      if (!Array.isArray(value) && Object.keys(value).some((name) => FORBIDDEN.has(name)))
        return 'The body has a member of a forbidden name.';
      for (const member of Object.values(value)) next.push(member);
    }
    level = next;
  }
  return undefined;
}

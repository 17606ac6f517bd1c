import type { Node } from 'luaparse';
import { parse } from './mutants.js';
import { childrenOf, spanOf, STATEMENTS } from './syntax.js';

/** Where a traced script notes the statements that it has reached, as 'hold.lua 312'. */
export const REACHED_KEY = 'mutation:reached';

const NOTE = `local function reached_(place) redis.call('SADD', '${REACHED_KEY}', place) end\n`;

/** The same script, which says of each statement that it was reached. A fragment takes the function of its script. */
export function traced(file: string, source: string): string {
  const places: number[] = [];
  const visit = (node: Node): void => {
    if (STATEMENTS.has(node.type)) places.push(spanOf(node).from);
    for (const child of childrenOf(node)) visit(child);
  };
  visit(parse(source));
  let text = source;
  for (const place of places.sort((a, b) => b - a))
    text = `${text.slice(0, place)}reached_('${placeOf(file, place)}') ${text.slice(place)}`;
  if (file.startsWith('fragments/')) return text;
  const end = text.indexOf(']]\n') + 3;
  return text.slice(0, end) + NOTE + text.slice(end);
}

export const placeOf = (file: string, statement: number): string => `${file} ${statement}`;

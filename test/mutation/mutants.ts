import luaparse from 'luaparse';
import type { Chunk, Node } from 'luaparse';
import { changesOf } from './operators.js';
import { type Span, childrenOf, spanOf, STATEMENTS } from './syntax.js';

/** One change of one script, small enough that a test ought to notice it. */
export interface Mutant {
  /** Below src/inventory/lua. */
  file: string;
  line: number;
  from: number;
  to: number;
  /** What stands there, and what is put in its place. */
  before: string;
  after: string;
  /** Where the statement begins in which it stands: a test that never gets there cannot notice it. */
  statement: number;
}

export function parse(source: string): Chunk {
  return luaparse.parse(source, { luaVersion: '5.1', ranges: true, locations: true, comments: false });
}

/** Every mutant of a script or fragment, in the order of its text. */
export function mutantsOf(file: string, source: string): Mutant[] {
  const mutants: Mutant[] = [];
  const visit = (node: Node, parents: readonly Node[], statement: number): void => {
    const begins = STATEMENTS.has(node.type) ? spanOf(node).from : statement;
    for (const { span, after } of changesOf(node, parents, source)) {
      const before = source.slice(span.from, span.to);
      if (before === after) continue;
      mutants.push({ file, line: lineAt(source, span), ...span, before, after, statement: begins });
    }
    for (const child of childrenOf(node)) visit(child, [node, ...parents], begins);
  };
  visit(parse(source), [], 0);
  return withoutTwins(mutants).sort((a, b) => a.from - b.from || a.to - b.to);
}

export function mutate(source: string, { from, to, after }: Mutant): string {
  return source.slice(0, from) + after + source.slice(to);
}

/** 'hold.lua:12  a < b → a <= b' */
export function describeMutant({ file, line, before, after }: Mutant): string {
  return `${file}:${line}  ${oneLine(before)} → ${oneLine(after)}`;
}

export const oneLine = (text: string): string => (text === '' ? 'nothing' : text.replace(/\s+/g, ' ').slice(0, 100));

const lineAt = (source: string, { from }: Span): number => source.slice(0, from).split('\n').length;

/** Two operators may make the same text. */
function withoutTwins(mutants: readonly Mutant[]): Mutant[] {
  return [...new Map(mutants.map((mutant) => [`${mutant.from} ${mutant.to} ${mutant.after}`, mutant])).values()];
}

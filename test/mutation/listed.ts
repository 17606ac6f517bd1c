import { EQUIVALENT, type Equivalent } from './equivalent.js';
import { type Mutant, oneLine } from './mutants.js';

/** The entry of a mutant in the list of those that change nothing. */
export function listed({ file, before, after, line }: Mutant, source: string): Equivalent | undefined {
  const [text, change] = [source.split('\n')[line - 1]?.trim(), `${oneLine(before)} → ${oneLine(after)}`];
  return EQUIVALENT.find((each) => each.file === file && each.line === text && each.change === change);
}

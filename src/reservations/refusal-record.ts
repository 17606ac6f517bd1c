import { type ProblemCode, PROBLEMS } from '../problems.js';

const isCode = (word: string): word is ProblemCode => Object.hasOwn(PROBLEMS, word);

/** The fields of a request's record up to when it was queued; see packRequest. */
const REJECTION = 2;
const QUEUED_AT = 6;

/**
 * Code and time of a refused request, without reading the rest of its record: at a sold-out opening tens of thousands
 * of these are counted a second.
 */
export function refusalIn(record: string): { code: ProblemCode; queuedAt: number } {
  let from = 0;
  let rejection = '';
  for (let field = 0; field < QUEUED_AT; field++) {
    const end = record.indexOf('\n', from);
    if (end === -1) break;
    if (field === REJECTION) rejection = record.slice(from, end);
    from = end + 1;
  }
  const end = record.indexOf('\n', from);
  const [word = ''] = rejection.split(' ', 1);
  return { code: isCode(word) ? word : 'internal', queuedAt: Number(record.slice(from, end === -1 ? undefined : end)) };
}

import type { ReactNode } from 'react';
import { ProblemError } from '../../client/problem-error.js';
import { sentenceOf } from '../server.js';

interface ReadingParts {
  /** What is read; what passes is tried again until it has passed. */
  readonly of: { readonly isPending: boolean; readonly error: unknown; readonly failureReason: unknown };
  /** What is said while it takes its time. */
  readonly what?: string;
}

/** That something is still being read, or why it cannot be: a page never stands empty without a word. */
export function Reading({ of: { isPending, error, failureReason }, what = 'Reading …' }: ReadingParts): ReactNode {
  const fault = error ?? failureReason;
  if (fault === null) return isPending ? <p className="soft late">{what}</p> : null;
  const isTried = fault instanceof ProblemError && fault.isPassing;
  return (
    <p className="notice bad" role="alert">
      {sentenceOf(fault)} {isTried ? 'It is tried again all the time.' : null}
    </p>
  );
}

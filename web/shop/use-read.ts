import { ProblemError } from '@holdfast/client/problem-error';
import { repeat } from '@holdfast/client/repeat';
import { useEffect, useState } from 'react';

/** Reads one thing when the page stands, patiently; `read` must be the same function each time. */
export function useRead<T>(
  read: (of: string) => Promise<T | null>,
  of: string,
): { found: T | null; problem: ProblemError | null } {
  const [found, setFound] = useState<T | null>(null);
  const [problem, setProblem] = useState<ProblemError | null>(null);
  useEffect(() => {
    const stop = new AbortController();
    repeat(() => read(of), { stop: stop.signal })
      .then((one) => stop.signal.aborted || setFound(one))
      .catch((error: unknown) => {
        if (!stop.signal.aborted) setProblem(error instanceof ProblemError ? error : ProblemError.unreachable(error));
      });
    return () => stop.abort();
  }, [read, of]);
  return { found, problem };
}

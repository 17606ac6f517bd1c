import { QueryCache, QueryClient } from '@tanstack/react-query';
import { createApi, type Schemas } from '../client/api-client.js';
import { ProblemError } from '../client/problem-error.js';
import { ServerClock } from '../client/server-clock.js';

export type Sale = Schemas['AdminSaleView'];
export type Session = Schemas['SessionView'];

/** The session's cookie counts only beside this header, which no page of another origin can send. */
export const sessionHeaders = (): Record<string, string> => ({ 'X-Holdfast-Session': '1' });

export const clock = new ServerClock();

/** What engineers are told beside the fault, of keys and repeats, is no word for operators. */
export const plainly = (detail: string): string => detail.replace(/; repeat .*$/, '.');

/** Whether an answer said that nobody is signed in, or not any more; and what it says, for whom it is shown. */
function noteProblem(problem: ProblemError): void {
  if (problem.status === 401) endSession();
  problem.message = plainly(problem.message);
}

export const api = createApi({ headers: sessionHeaders, onProblem: noteProblem });

const RETRY_MS_MIN = 1_000;
const RETRY_MS_MAX = 4_000;

export const queries = new QueryClient({
  queryCache: new QueryCache(),
  defaultOptions: {
    queries: {
      // What was refused is refused again. What passes is tried until it has passed, so that pages heal by themselves.
      retry: (_failures, error) => error instanceof ProblemError && error.isPassing,
      retryDelay: (failures) => Math.min(RETRY_MS_MIN * 2 ** failures, RETRY_MS_MAX),
      refetchOnWindowFocus: false,
      staleTime: 5_000,
    },
  },
});

/** The server says that nobody is signed in any more: whoever was is told so, and comes back to the same page. */
export function endSession(): void {
  queries.setQueryData<Session | null | 'over'>(['session'], (known) => (known ? 'over' : null));
}

/** What went wrong, as a sentence for a person. */
export const sentenceOf = (error: unknown): string =>
  error instanceof Error ? error.message : 'Something went wrong in this page.';

/** From here on somebody else is there, or nobody: nothing that was read for whoever was there before is kept. */
export function setSession(session: Session | null): void {
  queries.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'session' });
  queries.setQueryData(['session'], session);
}

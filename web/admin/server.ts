import { QueryCache, QueryClient } from '@tanstack/react-query';
import { createApi, type Schemas } from '../client/api-client.js';
import { ProblemError } from '../client/problem-error.js';
import { ServerClock } from '../client/server-clock.js';

export type Sale = Schemas['AdminSaleView'];
export type Session = Schemas['SessionView'];

/** The session's cookie counts only beside this header, which no page of another origin can send. */
export const sessionHeaders = (): Record<string, string> => ({ 'X-Holdfast-Session': '1' });

export const clock = new ServerClock();

/** Whether an answer said that nobody is signed in, or not any more. */
function noteProblem({ status }: ProblemError): void {
  if (status === 401) queries.setQueryData(['session'], null);
}

export const api = createApi({ headers: sessionHeaders, onProblem: noteProblem });

export const queries = new QueryClient({
  queryCache: new QueryCache(),
  defaultOptions: {
    queries: {
      // What was refused is refused again; what did not arrive may arrive.
      retry: (failures, error) =>
        failures < 3 && (!(error instanceof ProblemError) || error.status === 0 || error.status >= 500),
      refetchOnWindowFocus: false,
      staleTime: 5_000,
    },
  },
});

/** What went wrong, as a sentence for a person. */
export const sentenceOf = (error: unknown): string =>
  error instanceof Error ? error.message : 'Something went wrong in this page.';

/** From here on somebody else is there, or nobody: nothing that was read for whoever was there before is kept. */
export function setSession(session: Session | null): void {
  queries.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'session' });
  queries.setQueryData(['session'], session);
}

import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { ProblemError } from '../client/problem-error.js';
import { Frame } from './frame/frame.js';
import { api, type Session, sentenceOf } from './server.js';
import { SignInPage } from './signing-in/sign-in-page.js';

/** Who is signed in; null for nobody. */
async function readSession(): Promise<Session | null> {
  try {
    const { data } = await api.GET('/v1/admin/session');
    return data ?? null;
  } catch (error) {
    if (error instanceof ProblemError && error.status === 401) return null;
    throw error;
  }
}

/** Asks who is there; then the page that they want. */
export function Dashboard(): ReactNode {
  const session = useQuery({ queryKey: ['session'], queryFn: readSession, staleTime: Infinity });
  if (session.isPending) return <p className="unseen">Loading</p>;
  if (session.isError)
    return (
      <main className="sign-in">
        <div className="notice bad" role="alert">
          {sentenceOf(session.error)}
        </div>
        <button className="button" onClick={() => void session.refetch()}>
          Try again
        </button>
      </main>
    );
  return session.data ? <Frame session={session.data} /> : <SignInPage />;
}

import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { ProblemError } from '../client/problem-error.js';
import { Frame } from './frame/frame.js';
import { Reading } from './live/reading.js';
import { api, type Session } from './server.js';
import { SignInPage } from './signing-in/sign-in-page.js';

/** Who is signed in; null for nobody, `over` for nobody any more. */
async function readSession(): Promise<Session | null | 'over'> {
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
  if (!session.isSuccess)
    return (
      <main className="sign-in">
        <h1 className="wordmark late">Holdfast</h1>
        <Reading of={session} what="Asking who is signed in …" />
      </main>
    );
  if (session.data === null || session.data === 'over') return <SignInPage isAgain={session.data === 'over'} />;
  return <Frame session={session.data} />;
}

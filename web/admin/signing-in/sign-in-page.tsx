import { useMutation } from '@tanstack/react-query';
import { type SubmitEvent, type ReactNode, useState } from 'react';
import { ProblemError } from '../../client/problem-error.js';
import { Field } from '../../look/field.js';
import { api, sentenceOf, setSession } from '../server.js';
import './sign-in-page.css';

async function signIn(key: string): Promise<void> {
  const { data } = await api.POST('/v1/admin/session', { headers: { Authorization: `Bearer ${key}` } });
  // The key is not kept: from here on the session counts.
  setSession(data ?? null);
}

function faultOf(error: unknown): string | undefined {
  if (error === null) return undefined;
  if (!(error instanceof ProblemError)) return sentenceOf(error);
  if (error.status === 401) return 'This is no key that works: it is unknown, or was revoked.';
  if (error.status === 403) return "This is a storefront's key; the dashboard takes one of scope admin.";
  return error.message;
}

/** The first page: an admin key for a session. `isAgain`: somebody was signed in, and is not any more. */
export function SignInPage({ isAgain }: { isAgain: boolean }): ReactNode {
  const [key, setKey] = useState('');
  const signing = useMutation({ mutationFn: signIn });
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (key.trim() !== '') signing.mutate(key.trim());
  };
  return (
    <main className="sign-in">
      <p className="wordmark">Holdfast</p>
      <h1>{isAgain ? 'Your session is over.' : 'Tonight starts here.'}</h1>
      {isAgain ? (
        <p className="soft" role="status">
          It has run out, or the key was revoked. Sign in, and you are back where you were.
        </p>
      ) : null}
      <form onSubmit={submit}>
        <Field
          label="Admin key"
          fault={faultOf(signing.error)}
          hint="npm start prints one; colleagues make you one on the page Keys. It is exchanged for a session and not kept."
        >
          <input
            type="password"
            name="key"
            autoComplete="current-password"
            spellCheck={false}
            placeholder="hf_sk_…"
            required
            autoFocus
            value={key}
            onChange={(event) => setKey(event.target.value)}
          />
        </Field>
        <button className="button main" type="submit" disabled={signing.isPending}>
          {signing.isPending ? 'Signing in …' : 'Sign in'}
        </button>
      </form>
    </main>
  );
}

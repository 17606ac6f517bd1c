import { ProblemError } from '@holdfast/client/problem-error';
import { repeat } from '@holdfast/client/repeat';
import { type ReactNode, useCallback, useEffect, useState } from 'react';
import { type Buyer, keptBuyer, signIn } from './buyer.js';
import { Shop } from './shop.js';

/** Whoever comes in without a token is given one, and a name. */
export function Door(): ReactNode {
  const [buyer, setBuyer] = useState<Buyer | null>(keptBuyer);
  const [problem, setProblem] = useState<ProblemError | null>(null);
  const enter = useCallback(() => {
    setProblem(null);
    repeat(signIn)
      .then(setBuyer)
      .catch((error: unknown) => setProblem(error instanceof ProblemError ? error : ProblemError.unreachable(error)));
  }, []);
  useEffect(() => {
    if (!keptBuyer()) enter();
  }, [enter]);
  if (buyer) return <Shop buyer={buyer} />;
  return (
    <main className="empty">
      {problem ? (
        <>
          <h1>The box office does not answer</h1>
          <p role="alert">{problem.message}</p>
          <button className="button main" onClick={enter}>
            Try again
          </button>
        </>
      ) : (
        <p role="status">Opening the box office …</p>
      )}
    </main>
  );
}

import { ProblemError, problemOf } from '../../client/problem-error.js';
import { sessionHeaders } from '../server.js';

export type HoldChange = { readonly what: 'release' } | { readonly what: 'extend'; readonly seconds: number };

/** What became of a change of several holds. */
export interface Changed {
  readonly done: number;
  /** Why the others were not changed, each reason once. */
  readonly refusals: readonly string[];
}

const AT_ONCE = 6;

async function changeOne(id: string, change: HoldChange, reason: string): Promise<void> {
  const body = change.what === 'release' ? { reason } : { reason, seconds: change.seconds };
  const answer = await fetch(`/v1/admin/holds/${encodeURIComponent(id)}/${change.what}`, {
    method: 'POST',
    headers: { ...sessionHeaders(), 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw await problemOf(answer);
}

/** Releases or extends holds one by one, a few at a time; tells how far it is. One that has ended meanwhile stops nothing. */
export async function changeHolds(
  ids: readonly string[],
  change: HoldChange,
  reason: string,
  onProgress: (done: number) => void,
): Promise<Changed> {
  const left = [...ids];
  const refusals = new Set<string>();
  let done = 0;
  const work = async (): Promise<void> => {
    for (let id = left.shift(); id !== undefined; id = left.shift()) {
      try {
        await changeOne(id, change, reason);
        onProgress(++done);
      } catch (error) {
        if (!(error instanceof ProblemError) || error.status === 401) throw error;
        refusals.add(error.message);
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return { done, refusals: [...refusals] };
}

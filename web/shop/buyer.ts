import { ProblemError, problemOf } from '@holdfast/client/problem-error';
import type { LoginView } from '../../src/demo-shop/login.view.js';

export type Buyer = LoginView;

const KEPT = 'buyer';
const MET = 'met';
const NAMES = ['Ada', 'Ben', 'Cleo', 'Dev', 'Edda', 'Femi', 'Gus', 'Hana', 'Ivo', 'Juno', 'Kit', 'Lale', 'Mio', 'Nell'];

/** A window keeps its own buyer: two windows are two people. A shop of your own keeps a session here. */
export function keptBuyer(): Buyer | null {
  const kept = sessionStorage.getItem(KEPT);
  const buyer = kept === null ? null : (JSON.parse(kept) as Buyer);
  return buyer && Date.parse(buyer.expiresAt) > Date.now() ? buyer : null;
}

/** Whatever else the window kept was the other buyer's. */
export function forgetBuyer(): void {
  sessionStorage.clear();
}

/** Names in their order, so that two windows, and the buyer before and after, are told apart. */
function nextName(): string {
  const met = Number(localStorage.getItem(MET) ?? Math.floor(Math.random() * NAMES.length));
  localStorage.setItem(MET, String(met + 1));
  return NAMES[met % NAMES.length] ?? 'Ada';
}

/** The demo's login believes anybody; yours asks for a password and signs the same kind of token. */
export async function signIn(): Promise<Buyer> {
  const name = nextName();
  const answer = await fetch('/demo/login', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ name }),
  }).catch((error: unknown) => Promise.reject(ProblemError.unreachable(error)));
  if (!answer.ok) throw await problemOf(answer);
  const buyer = (await answer.json()) as Buyer;
  sessionStorage.setItem(KEPT, JSON.stringify(buyer));
  return buyer;
}

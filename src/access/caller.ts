/**
 * Who calls. A buyer comes with a token of the shop's, a service (a storefront's backend) and an admin with an API key;
 * an admin may also come with a session of the dashboard, which was opened with a key.
 */
export type Caller =
  { kind: 'anonymous' } | BuyerCaller | { kind: 'service'; keyId: string; name: string } | AdminCaller;

export interface BuyerCaller {
  kind: 'buyer';
  customerId: string;
  /** Milliseconds since 1970 from which on the token is good no more; missing in a stream ticket of the version before. */
  tokenEndsAt?: number;
}

export interface AdminCaller {
  kind: 'admin';
  keyId: string;
  name: string;
  session?: AdminSession;
}

/** Somebody signed in to the dashboard. */
export interface AdminSession {
  readonly id: string;
  readonly openedAt: string;
  readonly expiresAt: string;
}

export type CallerKind = Caller['kind'];

export const ANONYMOUS: Caller = Object.freeze({ kind: 'anonymous' });

/** The caller as audit and log name it: `buyer:c_42`, `service:key_…`, `admin:key_…`, `anonymous`. */
export function actorOf(caller: Caller): string {
  switch (caller.kind) {
    case 'anonymous':
      return 'anonymous';
    case 'buyer':
      return `buyer:${caller.customerId}`;
    case 'service':
    case 'admin':
      return `${caller.kind}:${caller.keyId}`;
  }
}

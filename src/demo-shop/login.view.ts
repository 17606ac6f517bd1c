/** A buyer of the demo shop. */
export interface LoginView {
  readonly customerId: string;
  readonly name: string;
  /** What the shop's page sends as Bearer. */
  readonly token: string;
  readonly expiresAt: string;
}

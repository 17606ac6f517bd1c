import { createHmac } from 'node:crypto';

const PSEUDONYM = /^erased_[0-9a-f]{24}$/;

/**
 * What stands in an erased customer's place. Derived under the secret that signs reservation ids, so that a repeat
 * meets the same one and no list of who was erased is kept; without the secret nobody can tell or test whom it was.
 */
export function pseudonymOf(customerId: string, secret: string): string {
  const digest = createHmac('sha256', secret).update(`erased\n${customerId}`).digest('hex');
  return `erased_${digest.slice(0, 24)}`;
}

export function isPseudonym(customerId: string): boolean {
  return PSEUDONYM.test(customerId);
}

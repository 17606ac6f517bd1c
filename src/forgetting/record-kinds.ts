/** What an export has of a customer, in the order in which it comes. */
export const RECORD_KINDS = ['reservation', 'transition', 'order', 'payment', 'audit', 'request'] as const;
export type RecordKind = (typeof RECORD_KINDS)[number];

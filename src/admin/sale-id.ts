/** What a sale's id looks like, for queries that name one. */
export const SALE_ID = { pattern: /^sale_[a-z0-9]{10}$/u, sentence: 'must be the id of a sale' } as const;

import type { Schemas } from '../../client/api-client.js';

export type Store = 'Redis' | 'Postgres';

/** Which stores could not be asked. What only one of them knows is missing then, and is not to be taken for nothing. */
export function storesAway({ queues, sale }: Pick<Schemas['Stats'], 'queues' | 'sale'>): readonly Store[] {
  return [...(queues === null ? (['Redis'] as const) : []), ...(sale?.holds === null ? (['Postgres'] as const) : [])];
}

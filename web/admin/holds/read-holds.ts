import type { Schemas } from '../../client/api-client.js';
import { api, clock } from '../server.js';

export type Hold = Schemas['HoldView'];

export interface Holds {
  readonly items: readonly Hold[];
  /** As the journal last had them: Redis is out of reach. */
  readonly stale: boolean;
}

const PER_PAGE = 500;

/** Every live hold of a sale, page by page. What was there before and has not changed stays the same object. */
export async function readHolds(
  saleId: string,
  before: readonly Hold[],
  onPart: (holds: Holds) => void,
): Promise<Holds> {
  const known = new Map(before.map((hold) => [hold.id, hold]));
  const found = new Map<string, Hold>();
  let cursor: string | null = null;
  let stale = false;
  do {
    const query: { saleId: string; limit: number; cursor?: string } = {
      saleId,
      limit: PER_PAGE,
      ...(cursor !== null && { cursor }),
    };
    const { data }: { data?: Schemas['HoldPage'] } = await api.GET('/v1/admin/holds', { params: { query } });
    if (!data) break;
    clock.observe(data.asOf);
    stale ||= data.stale;
    for (const hold of data.items) {
      const old = known.get(hold.id);
      found.set(hold.id, old && isSame(old, hold) ? old : hold);
    }
    cursor = data.nextCursor;
    // The first look shows what it has; later ones replace all at once, so that no row comes and goes.
    if (before.length === 0) onPart({ items: [...found.values()], stale });
  } while (cursor !== null);
  return { items: [...found.values()], stale };
}

function isSame(a: Hold, b: Hold): boolean {
  return a.version === b.version && a.status === b.status && a.endsAt === b.endsAt;
}

import type { Schemas } from '../../client/api-client.js';
import { api, clock } from '../server.js';

export type Hold = Schemas['HoldView'];

const PER_PAGE = 500;

/** Every live hold of a sale, page by page; ends early when `over` says so. */
export async function readHolds(
  saleId: string,
  onPage: (page: Schemas['HoldPage']) => void,
  over: () => boolean,
): Promise<void> {
  let cursor: string | null = null;
  do {
    const query: { saleId: string; limit: number; cursor?: string } = {
      ...{ saleId, limit: PER_PAGE },
      ...(cursor !== null && { cursor }),
    };
    const { data }: { data?: Schemas['HoldPage'] } = await api.GET('/v1/admin/holds', { params: { query } });
    if (!data || over()) return;
    clock.observe(data.asOf);
    onPage(data);
    cursor = data.nextCursor;
  } while (cursor !== null);
}

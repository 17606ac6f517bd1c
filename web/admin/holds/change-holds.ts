import type { Schemas } from '../../client/api-client.js';
import { api } from '../server.js';

export type HoldChange = 'release' | 'extend';
export type BulkRun = Schemas['BulkRunView'];
type Filter = Omit<Schemas['ReleaseHoldsBody'], 'dryRun' | 'reason'>;

/** Which holds are to be changed: a filter of the server's, or those that were chosen one by one. */
export type Selection =
  | { readonly kind: 'filter'; readonly filter: Filter }
  | { readonly kind: 'ids'; readonly held: readonly string[]; readonly paying: readonly string[] };

export interface ChangeAsked {
  readonly what: HoldChange;
  readonly selection: Selection;
  /** Those that are being paid for too; they cannot be extended. */
  readonly withPaying: boolean;
  readonly seconds: number;
  readonly reason: string;
}

/** What a change would do, or the runs that do it. */
export interface Answered {
  readonly holds: number;
  readonly units: number;
  readonly runs: readonly BulkRun[];
}

/** So many can be named at once. */
const IDS_MAX = 500;

async function send(asked: ChangeAsked, filter: Filter, dryRun: boolean): Promise<Schemas['BulkAnswer'] | undefined> {
  const body = { ...filter, dryRun, reason: asked.reason };
  if (asked.what === 'release') return (await api.POST('/v1/admin/holds/release', { body })).data;
  return (await api.POST('/v1/admin/holds/extend', { body: { ...body, seconds: asked.seconds } })).data;
}

/** The server takes one status at a time, and so many ids. */
function filtersOf({ what, selection, withPaying }: ChangeAsked): Filter[] {
  const statuses = what === 'release' && withPaying ? (['held', 'checkout'] as const) : (['held'] as const);
  if (selection.kind === 'filter') {
    const { status } = selection.filter;
    const wanted = statuses.filter((each) => status === undefined || each === status);
    return wanted.map((each) => ({ ...selection.filter, status: each }));
  }
  return statuses.flatMap((status) => {
    const ids = status === 'held' ? selection.held : selection.paying;
    const parts = Array.from({ length: Math.ceil(ids.length / IDS_MAX) }, (_part, at) =>
      ids.slice(at * IDS_MAX, (at + 1) * IDS_MAX),
    );
    return parts.map((reservationIds) => ({ status, reservationIds }));
  });
}

/** Asks the server what a change would do (dry run), or has it done: its workers go on also when this page is closed. */
export async function changeHolds(asked: ChangeAsked, dryRun: boolean): Promise<Answered> {
  let [holds, units] = [0, 0];
  const runs: BulkRun[] = [];
  for (const filter of filtersOf(asked)) {
    const answer = await send(asked, filter, dryRun);
    if (!answer) continue;
    holds += answer.matching;
    units += answer.units;
    if (answer.run) runs.push(answer.run);
  }
  return { holds, units, runs };
}

/** The only hold that was chosen, if it is one. */
export function onlyOne(selection: Selection): string | null {
  if (selection.kind === 'filter' || selection.held.length + selection.paying.length !== 1) return null;
  return selection.held[0] ?? selection.paying[0] ?? null;
}

/** One alone is changed at once, or refused. */
export async function changeOne(id: string, { what, seconds, reason }: ChangeAsked): Promise<void> {
  const params = { path: { id } };
  if (what === 'release') await api.POST('/v1/admin/holds/{id}/release', { params, body: { reason } });
  else await api.POST('/v1/admin/holds/{id}/extend', { params, body: { seconds, reason } });
}

export async function readRun(runId: string): Promise<BulkRun | null> {
  return (await api.GET('/v1/admin/bulk-runs/{runId}', { params: { path: { runId } } })).data ?? null;
}

export async function stopRun(runId: string, reason: string): Promise<void> {
  await api.POST('/v1/admin/bulk-runs/{runId}/stop', { params: { path: { runId } }, body: { reason } });
}

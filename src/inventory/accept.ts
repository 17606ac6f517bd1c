import type { Ledger } from './ledger.js';
import { type Mode, packMetadata, packRequestedLines, type RequestedLine } from './records.js';
import type { SaleRef } from './sale-keys.js';

export interface ReserveCommand {
  readonly tail: string;
  readonly customerId: string;
  readonly mode: Mode;
  readonly fingerprint: string;
  readonly lines: readonly RequestedLine[];
  readonly requestId: string;
  readonly metadata: Record<string, unknown> | null;
  /** The caller gave the key, so it may be older than the Redis that is connected. */
  readonly keyed: boolean;
}

/** `queued`: written down now. `known`: the records that an earlier request of this id left ('' for no hold). */
export type Accepted = { kind: 'queued'; queuedAt: number } | { kind: 'known'; request: string; hold: string };

/** Writes the request records of a batch (lua/accept.lua); the answers stand in the order of the commands. */
export async function acceptRequests(
  ledger: Ledger,
  sale: SaleRef,
  commands: readonly ReserveCommand[],
): Promise<Accepted[]> {
  const args = commands.flatMap((c) => [
    c.tail,
    c.customerId,
    c.mode,
    c.fingerprint,
    packRequestedLines(c.lines),
    c.requestId,
    packMetadata(c.metadata),
  ]);
  const { values } = await ledger.run('accept', sale, args);
  return commands.map((_, i) => {
    const [word, first = '', hold = ''] = values.slice(i * 3, i * 3 + 3);
    return word === 'queued' ? { kind: 'queued', queuedAt: Number(first) } : { kind: 'known', request: first, hold };
  });
}

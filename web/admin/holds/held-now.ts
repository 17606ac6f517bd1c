import type { HoldNews } from '../live/live-sale.js';
import type { Hold } from './read-holds.js';

/**
 * Live holds by their ids, put together from a list that takes a while to read and from changes that arrive meanwhile.
 * Versions decide: what is older than what is known changes nothing, and what is over stays over.
 */
export class HeldNow {
  private readonly byId = new Map<string, Hold>();
  private readonly over = new Map<string, number>();

  get size(): number {
    return this.byId.size;
  }

  all(): Hold[] {
    return [...this.byId.values()];
  }

  /** A hold as a list has it. */
  take(hold: Hold): void {
    const known = this.byId.get(hold.id);
    if ((this.over.get(hold.id) ?? 0) >= hold.version || (known && known.version > hold.version)) return;
    this.byId.set(hold.id, hold);
  }

  /** Changes, in their order. */
  apply(items: Extract<HoldNews, { kind: 'changes' }>['items']): void {
    for (const { reservationId, sequence, hold } of items) {
      if (hold) this.take(hold);
      else this.end(reservationId, sequence);
    }
  }

  /** The list has been read: what was over before it can come back in no later one. */
  settle(): void {
    this.over.clear();
  }

  private end(id: string, version: number): void {
    const known = this.byId.get(id);
    if (known && known.version > version) return;
    this.byId.delete(id);
    this.over.set(id, version);
  }
}

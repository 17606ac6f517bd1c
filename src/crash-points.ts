/** What comes next: a write to a store, or the answer to whoever asked. */
type Next = 'redis' | 'postgres' | 'answer';

/**
 * Every gap between two writes of the transitions in ARCHITECTURE.md, named `<transition>.<what comes next>`. A process may
 * die, stand still or lose its network in each of them; test/crash-matrix makes it, and fails where one is left out.
 */
export const CRASH_POINTS = {
  'accept.record': 'redis',
  'accept.queue': 'redis',
  'accept.answer': 'answer',
  'hold.decide': 'redis',
  'hold.journal': 'postgres',
  'hold.undo': 'redis',
  'hold.announce': 'redis',
  'hold.end': 'postgres',
  'hold.tell': 'redis',
  'hold.done': 'redis',
  'sweep.expire': 'redis',
  'sweep.reject': 'redis',
  'sweep.queue': 'redis',
  'sweep.end': 'postgres',
  'sweep.extend': 'postgres',
  'sweep.forget': 'redis',
  'release.end': 'redis',
  'release.journal': 'postgres',
  'release.pin': 'postgres',
  'release.answer': 'answer',
  'extend.prolong': 'redis',
  'extend.journal': 'postgres',
  'extend.answer': 'answer',
  'bulk.plan': 'postgres',
  'bulk.count': 'postgres',
  'bulk.end': 'postgres',
  'pin.pin': 'redis',
  'pin.journal': 'postgres',
  'pin.answer': 'answer',
  'pins.complete': 'postgres',
  'pins.settle': 'redis',
  'pins.void': 'redis',
  'pins.forget': 'redis',
  'void.write': 'postgres',
  'void.give-back': 'redis',
  'void.answer': 'answer',
  'windows.end': 'postgres',
  'confirm.write': 'postgres',
  'confirm.commit': 'postgres',
  'confirm.answer': 'answer',
  'late.end': 'redis',
  'late.journal': 'postgres',
  'late.give-back': 'redis',
  'late.rehold': 'redis',
  'late.write': 'postgres',
  'late.answer': 'answer',
  'relay.settle': 'redis',
  'relay.void': 'redis',
  'relay.restock': 'redis',
  'relay.mark': 'postgres',
  'cancel.write': 'postgres',
  'cancel.answer': 'answer',
  'stock.withdraw': 'redis',
  'stock.record': 'postgres',
  'stock.change': 'postgres',
  'stock.add': 'postgres',
  'stock.supply': 'redis',
  'stock.settings': 'redis',
  'stock.answer': 'answer',
  'sale.write': 'postgres',
  'sale.settings': 'redis',
  'sale.answer': 'answer',
  'schedule.flip': 'postgres',
  'schedule.settings': 'redis',
  'rebuild.raise': 'postgres',
  'rebuild.close': 'redis',
  'rebuild.overdue': 'postgres',
  'rebuild.losers': 'postgres',
  'rebuild.keys': 'redis',
  'rebuild.open': 'redis',
  'rebuild.drop': 'redis',
  'rebuild.settings': 'redis',
  'retire.raise': 'postgres',
  'retire.close': 'redis',
  'retire.drop': 'redis',
  'retire.done': 'postgres',
  'forget.mark': 'postgres',
  'forget.records': 'redis',
  'erase.audit': 'postgres',
  'erase.rows': 'postgres',
  'erase.facts': 'postgres',
  'erase.records': 'redis',
} as const satisfies Record<string, Next>;

export type CrashPoint = keyof typeof CRASH_POINTS;

/** What a test does to a process at a point. */
export type CrashWatch = (point: CrashPoint) => Promise<void> | undefined;

let watch: CrashWatch | undefined;

/** Outside of tests nobody watches, and this is one comparison. */
export function crashPoint(point: CrashPoint): Promise<void> | undefined {
  return watch?.(point);
}

/** From here on `by` is asked at every point of this process. Only a test, or FAILPOINT, which only a test may set, does. */
export function watchCrashPoints(by: CrashWatch | undefined): void {
  watch = by;
}

/** available, taken, blocked, withdrawn for good: as the pages of units have it. */
export type UnitMark = '1' | '0' | 'b' | '-';
export type UnitNote = '-' | 'b' | 'd';

const PAGE = 256;
const NONE = '.'.repeat(PAGE);

/** The units of one SKU, one by one; nothing is counted on the way. `known` is what Postgres has of them. */
export class TwinSku {
  readonly marks: UnitMark[];
  readonly notes = new Map<number, UnitNote>();
  readonly known: ('1' | 'b' | '-')[];
  version = 0;
  knownVersion = 0;
  excess = 0;
  target: number | null = null;

  constructor(
    readonly ordinal: string,
    units: string,
    readonly customerMax: number,
  ) {
    this.marks = Array.from(units) as UnitMark[];
    this.known = Array.from(units) as ('1' | 'b' | '-')[];
  }

  count(mark: UnitMark): number {
    let found = 0;
    for (const each of this.marks) if (each === mark) found++;
    return found;
  }

  get capacity(): number {
    return this.marks.length - this.count('-');
  }

  isFree(unit: number): boolean {
    return this.marks[unit - 1] === '1';
  }

  take(unit: number): void {
    this.marks[unit - 1] = '0';
  }

  takeLowest(): number {
    const unit = this.marks.indexOf('1') + 1;
    this.take(unit);
    return unit;
  }

  /** A unit comes back: on sale, or away for good while the capacity is on its way down. */
  giveBack(unit: number): void {
    if (this.excess > 0) {
      this.excess--;
      this.setAside(unit, '-');
    } else {
      this.marks[unit - 1] = '1';
    }
  }

  setAside(unit: number, as: UnitNote): void {
    this.marks[unit - 1] = as === '-' ? '-' : 'b';
    this.notes.set(unit, as);
  }

  withdrawHighest(count: number, as: '-' | 'd'): void {
    for (let left = count; left > 0; left--) this.setAside(this.marks.lastIndexOf('1') + 1, as);
  }

  /** The pages that Postgres would send. */
  pages(): string[] {
    return pagesOf(this.known.join(''));
  }

  /** One page of what Postgres knows, as supply.lua applies it. */
  supplyPage(number: number, text: string): void {
    for (const [at, wanted] of Array.from(text).entries()) {
      const unit = number * PAGE + at + 1;
      const mark = this.marks[unit - 1];
      const note = this.notes.get(unit);
      if (mark === undefined) this.marks[unit - 1] = wanted as UnitMark;
      else if (note !== undefined && mark === wanted) this.notes.delete(unit);
      else if (note === undefined && wanted === '1' && mark !== '0') this.marks[unit - 1] = '1';
    }
  }

  finishSupply(): void {
    this.version = this.knownVersion;
    this.excess = this.target === null ? 0 : Math.max(0, this.capacity - this.target);
    const atOnce = Math.min(this.excess, this.count('1'));
    this.withdrawHighest(atOnce, '-');
    this.excess -= atOnce;
  }

  /** Postgres writes down what was withdrawn in Redis first. */
  record(): boolean {
    if (this.notes.size === 0) return false;
    for (const [unit, note] of this.notes) this.known[unit - 1] = note === '-' ? '-' : 'b';
    return true;
  }

  unitFields(): [string, string][] {
    return pagesOf(this.marks.join('')).map((text, number) => [`${this.ordinal}:${number}`, text]);
  }

  noteFields(): [string, string][] {
    const pages = new Map<number, string[]>();
    for (const [unit, note] of this.notes) {
      const number = Math.floor((unit - 1) / PAGE);
      const page = pages.get(number) ?? Array.from(NONE);
      pages.set(number, page);
      page[(unit - 1) % PAGE] = note;
    }
    return [...pages].map(([number, page]) => [`${this.ordinal}:${number}`, page.join('')]);
  }
}

function pagesOf(text: string): string[] {
  const pages: string[] = [];
  for (let from = 0; from < text.length; from += PAGE) pages.push(text.slice(from, from + PAGE));
  return pages;
}

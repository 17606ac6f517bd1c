/** Characters of a page of units, as lua/fragments/units.lua reads them. */
const UNITS_PER_PAGE = 256;
const NONE = '.';

/** Why a unit was taken out of sale: for good, by name, or until a scheduled release. */
export type WithdrawnAs = 'capacity' | 'block' | 'withheld';

const REASONS: Record<string, WithdrawnAs> = { '-': 'capacity', b: 'block', d: 'withheld' };

/** Text of one character a unit, cut into numbered pages. */
export function* pagesOf(units: string): Generator<[number, string]> {
  for (let at = 0; at < units.length; at += UNITS_PER_PAGE) {
    yield [at / UNITS_PER_PAGE, units.slice(at, at + UNITS_PER_PAGE)];
  }
}

/** Masks that note units as withdrawn for good, by page. */
export function noteMasks(units: readonly number[]): Map<number, string> {
  const masks = new Map<number, string>();
  for (const unit of units) {
    const page = Math.floor((unit - 1) / UNITS_PER_PAGE);
    const at = (unit - 1) % UNITS_PER_PAGE;
    const mask = masks.get(page) ?? NONE.repeat(UNITS_PER_PAGE);
    masks.set(page, `${mask.slice(0, at)}-${mask.slice(at + 1)}`);
  }
  return masks;
}

/** The units that a mask notes, with why. */
export function* notedUnits(page: number, mask: string): Generator<{ unit: number; as: WithdrawnAs }> {
  for (let at = 0; at < mask.length; at++) {
    const as = REASONS[mask[at] ?? NONE];
    if (as) yield { unit: page * UNITS_PER_PAGE + at + 1, as };
  }
}

import type { VisitRecord } from './venue.js';

/** Some neighbouring arrivals, and what became of them; shares of all of them. */
export interface ArrivalGroup {
  readonly from: number;
  readonly to: number;
  readonly bought: number;
  /** Held units and bought none. */
  readonly lost: number;
  readonly refused: number;
  readonly unknown: number;
}

export interface PersonaResult {
  readonly persona: string;
  readonly buyers: number;
  readonly bought: number;
  readonly unitsBought: number;
  readonly held: number;
  readonly refused: number;
}

export interface Fairness {
  readonly groups: readonly ArrivalGroup[];
  readonly personas: readonly PersonaResult[];
  /** Refused for want of units. */
  readonly refused: number;
  /** Of them, those who were still waiting when somebody who came later, for the same kind of cart, was given units. */
  readonly overtaken: number;
  /** The longest lead that did not help: how much later the other one had come. */
  readonly overtakenMsMax: number;
}

const GROUPS = 60;

/** Who came first against who got something. */
export function fairnessOf(visits: readonly VisitRecord[]): Fairness {
  const came = visits.toSorted((a, b) => a.sentAt - b.sentAt);
  const short = came.filter(isForWantOfUnits);
  const leads = overtakings(came);
  return {
    groups: groupsOf(came),
    personas: [...new Set(came.map(({ persona }) => persona))].map((persona) =>
      resultOf(
        persona,
        came.filter((visit) => visit.persona === persona),
      ),
    ),
    refused: short.length,
    overtaken: leads.length,
    overtakenMsMax: leads.reduce((most, lead) => Math.max(most, lead), 0),
  };
}

const isForWantOfUnits = ({ code }: VisitRecord): boolean => code === 'units-unavailable' || code === 'sold-out';

/**
 * For each who was refused for want of units and had been overtaken: by how many milliseconds. Overtaken is who still
 * waited when another one, with the same kind of cart and a later request, was told that they hold units.
 */
function overtakings(visits: readonly VisitRecord[]): number[] {
  return [...new Set(visits.map(({ cart }) => cart))].flatMap((kind) => {
    const decided = visits.flatMap(({ decidedAt, ...visit }) =>
      decidedAt === null || visit.cart !== kind ? [] : [{ ...visit, decidedAt }],
    );
    decided.sort((a, b) => a.decidedAt - b.decidedAt);
    let latest = -Infinity;
    const leads: number[] = [];
    for (const visit of decided) {
      if (visit.first === 'held') latest = Math.max(latest, visit.sentAt);
      else if ((visit.code === 'units-unavailable' || visit.code === 'sold-out') && latest > visit.sentAt)
        leads.push(latest - visit.sentAt);
    }
    return leads;
  });
}

function groupsOf(came: readonly VisitRecord[]): ArrivalGroup[] {
  const size = Math.max(1, Math.ceil(came.length / GROUPS));
  return Array.from({ length: Math.ceil(came.length / size) }, (_, i) => {
    const group = came.slice(i * size, (i + 1) * size);
    const share = (is: (visit: VisitRecord) => boolean): number => group.filter(is).length / group.length;
    const isLost = ({ unitsHeld, unitsBought }: VisitRecord): boolean => unitsHeld > 0 && unitsBought === 0;
    const hadNothing = ({ unitsHeld, unitsBought }: VisitRecord): boolean => unitsHeld + unitsBought === 0;
    return {
      ...{ from: i * size + 1, to: i * size + group.length },
      bought: share(({ unitsBought }) => unitsBought > 0),
      lost: share(isLost),
      refused: share((visit) => hadNothing(visit) && visit.first === 'refused'),
      unknown: share((visit) => hadNothing(visit) && visit.first !== 'refused'),
    };
  });
}

function resultOf(persona: string, visits: readonly VisitRecord[]): PersonaResult {
  const count = (is: (visit: VisitRecord) => boolean): number => visits.filter(is).length;
  return {
    ...{ persona, buyers: visits.length },
    bought: count(({ unitsBought }) => unitsBought > 0),
    unitsBought: visits.reduce((sum, { unitsBought }) => sum + unitsBought, 0),
    held: count(({ unitsHeld }) => unitsHeld > 0),
    refused: count(({ unitsHeld, unitsBought, first }) => unitsHeld + unitsBought === 0 && first === 'refused'),
  };
}

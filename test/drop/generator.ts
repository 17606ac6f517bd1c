import { monitorEventLoopDelay } from 'node:perf_hooks';
import { SignJWT } from 'jose';
import type { Operation } from '../chaos/history.js';
import { seeded } from '../e2e/crowd.js';
import { arrivalsOf } from './arrivals.js';
import { Connections } from './connections.js';
import { Figures, record } from './figures.js';
import { PERSONAS } from './personas/all-personas.js';
import type { Persona } from './personas/persona.js';
import type { CartPlan, Plan } from './plan.js';
import { Timeline } from './timeline.js';
import { DoorsClose, type SaleAtHand, type Venue, type VisitRecord } from './venue.js';
import { Visitor } from './visitor.js';

/** What one generator is to do: every `parts`-th buyer, from the `part`-th on. */
export interface Task {
  readonly plan: Plan;
  readonly part: number;
  readonly parts: number;
  readonly sale: SaleAtHand;
  readonly target: Target;
}

export interface Target {
  readonly url: string;
  readonly storefrontKey: string;
  readonly adminKey: string;
  /** Signs buyers' tokens, where buyers come with one. */
  readonly jwt: { readonly secret: string; readonly issuer: string; readonly audience: string } | null;
}

export interface PartOfRun {
  readonly figures: Figures;
  readonly history: readonly Operation[];
  readonly visits: readonly VisitRecord[];
  readonly faults: readonly string[];
}

/** Milliseconds since 1970 that never run back; every process of one machine has the same within a millisecond. */
export const steadyNow = (): number => performance.timeOrigin + performance.now();

/**
 * Fewer than the system lets wait to be accepted (net.core.somaxconn, 4,096 on Linux): what it drops beyond that knocks again
 * after 1, 3, 7 and more seconds, and with 6,000 one buyer in a hundred waited 45 s for nothing. Whoever finds none free waits.
 */
const CONNECTIONS_MAX = 4_000;
const TOKEN_SECONDS = 6 * 3_600;
/** Wide enough that no two buyers have the same dice. */
const SEED_STRIDE = 5_000_011;

/** Makes a part of the crowd come, and writes down what they did and were told. */
export class Generator {
  readonly figures = new Figures();
  private readonly visits: VisitRecord[] = [];
  private readonly inside = new Set<Promise<void>>();
  private readonly tokens = new Map<string, string>();
  private readonly stalls = monitorEventLoopDelay({ resolution: 5 });
  private readonly connections: Connections;
  private venue: Venue | undefined;
  private readonly mine: { index: number; afterMs: number }[];
  private readonly personas: readonly { item: Persona; share: number }[];
  private readonly carts: readonly { item: { cart: CartPlan; number: number }; share: number }[];

  constructor(private readonly task: Task) {
    const { plan, part, parts, target } = task;
    this.connections = new Connections(target.url, Math.floor(CONNECTIONS_MAX / parts));
    this.personas = PERSONAS.map((item) => ({ item, share: plan.personas[item.name] ?? 0 }));
    this.carts = plan.carts.map((cart, number) => ({ item: { cart, number }, share: cart.share }));
    this.mine = [...arrivalsOf(plan)].flatMap((afterMs, index) => (index % parts === part ? [{ index, afterMs }] : []));
  }

  /** Makes what would cost time later. */
  async prepare(): Promise<void> {
    const { plan, target } = this.task;
    // A storefront's connections are open before the crowd comes; a browser's is opened by its buyer.
    if (plan.callers === 'storefront') await this.connections.open(this.mine.length);
    if (plan.callers !== 'buyers' || !target.jwt) return;
    const { secret, issuer, audience } = target.jwt;
    const key = new TextEncoder().encode(secret);
    for (const { index } of this.mine) {
      const token = new SignJWT().setProtectedHeader({ alg: 'HS256' }).setSubject(`buyer-${index + 1}`);
      token.setIssuer(issuer).setAudience(audience).setExpirationTime(`${TOKEN_SECONDS}s`);
      this.tokens.set(`buyer-${index + 1}`, await token.sign(key));
    }
  }

  /** Resolves when the last buyer has left. */
  async run(startAt: number): Promise<PartOfRun> {
    const venue = this.open(startAt);
    this.stalls.enable();
    const before = performance.eventLoopUtilization();
    await this.letThemCome(venue);
    while (this.inside.size > 0) await Promise.all(this.inside);
    const { active, idle } = performance.eventLoopUtilization(before);
    this.stalls.disable();
    venue.connections.close();
    venue.timeline.close();
    const { figures, visits } = this;
    figures.counts.busyMs = active;
    figures.counts.wallMs = active + idle;
    record(figures.stalled, this.stalls.max / 1e6);
    return { figures, visits, history: venue.history, faults: venue.faults };
  }

  /** Nobody comes any more, and whoever waits for something leaves. */
  close(): void {
    this.venue?.timeline.close();
    this.venue?.connections.dropWaiting();
  }

  private open(startAt: number): Venue {
    const { plan, sale, target } = this.task;
    const { figures, tokens, connections } = this;
    const timeline = new Timeline(steadyNow, (ms) => record(figures.late, ms));
    this.venue = {
      ...{ plan, sale, timeline, figures, startAt, now: steadyNow, history: [], faults: [] },
      connections,
      storefrontKey: target.storefrontKey,
      tokenOf: (customerId) => tokens.get(customerId),
    };
    return this.venue;
  }

  private letThemCome(venue: Venue): Promise<void> {
    return new Promise((resolve) => {
      const next = (at: number): void => {
        const arrival = this.mine[at];
        if (!arrival) return resolve();
        const arrivesAt = venue.startAt + arrival.afterMs;
        const come = (): void => {
          this.receive(venue, arrival.index, arrivesAt);
          next(at + 1);
        };
        venue.timeline.at(arrivesAt, come, resolve);
      };
      next(0);
    });
  }

  private receive(venue: Venue, index: number, arrivesAt: number): void {
    const dice = seeded(venue.plan.seed * SEED_STRIDE + index);
    const persona = choose(this.personas, dice(1_000_000) / 1_000_000);
    const cart = choose(this.carts, dice(1_000_000) / 1_000_000);
    const visitor = new Visitor(venue, index, persona.name, cart, dice, arrivesAt);
    const { counts } = this.figures;
    counts.arrivals++;
    counts.inside++;
    this.figures.second(arrivesAt - venue.startAt).arrivals++;
    const visit = persona
      .visit(visitor)
      .catch((error: unknown) => {
        if (!(error instanceof DoorsClose)) venue.faults.push(`a ${persona.name} could not go on: ${String(error)}`);
      })
      .finally(() => {
        counts.inside--;
        this.visits.push(visitor.record);
        this.inside.delete(visit);
      });
    this.inside.add(visit);
  }
}

/** By shares; `at` goes from 0 to 1. */
function choose<T>(among: readonly { item: T; share: number }[], at: number): T {
  const total = among.reduce((sum, { share }) => sum + share, 0);
  let left = at * total;
  for (const { item, share } of among) {
    if (left < share) return item;
    left -= share;
  }
  const last = among.findLast(({ share }) => share > 0);
  if (!last) throw new Error('There is nothing to choose from.');
  return last.item;
}

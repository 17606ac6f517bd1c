/** A value that is told when it is sent: one that an answer named, or else this. */
export class Earlier {
  constructor(
    readonly name: string,
    readonly pick: number,
    readonly otherwise: unknown,
  ) {}
}

/** A time that is told when it is sent. */
export class Moment {
  constructor(readonly offsetMs: number) {}
}

const ID = /^([a-z]{1,5})_[A-Za-z0-9]+$/;
/** A member that one answer has and another request takes by another name. */
const ALSO: Readonly<Record<string, string>> = { nextCursor: 'cursor', version: 'Last-Event-ID' };
const KEPT_MAX = 40;

/** Which of the names that values are known by a parameter or member takes: that of its kind of id, else its own. */
export function knownAs(name: string, examples: readonly unknown[] = []): string {
  const [example] = examples;
  return (typeof example === 'string' ? ID.exec(example)?.[1] : undefined) ?? name;
}

/** Ids belong to the walk that met them first, so that a walk does the same whatever others did before it. */
export class Claims {
  private readonly owners = new Map<string, object>();

  claim(id: string, owner: object): boolean {
    const known = this.owners.get(id) ?? owner;
    this.owners.set(id, known);
    return known === owner;
  }
}

/** What the answers of one walk have told, by name and by kind of id. */
export class Known {
  private readonly values = new Map<string, unknown[]>();

  constructor(private readonly claims: Claims) {}

  learn(name: string, value: unknown): void {
    if (Array.isArray(value)) return value.forEach((each) => this.learn(name, each));
    if (typeof value === 'object' && value !== null)
      return Object.entries(value).forEach(([member, each]) => this.learn(member, each));
    if (value === null || value === undefined) return;
    const kind = typeof value === 'string' ? this.kindOf(value) : undefined;
    if (kind === null) return;
    for (const known of [name, ALSO[name], kind]) if (known !== undefined) this.keep(known, value);
  }

  /** The value itself, with everything in it that was left open told. */
  told(value: unknown): unknown {
    if (value instanceof Earlier) {
      const known = this.values.get(value.name) ?? [];
      return known.length === 0 ? this.told(value.otherwise) : known.at(-1 - (value.pick % known.length));
    }
    if (value instanceof Moment) return new Date(Date.now() + value.offsetMs).toISOString();
    if (Array.isArray(value)) return value.map((each) => this.told(each));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, this.told(each)]));
  }

  /** Null of an id that another walk met before; customers are everybody's. */
  private kindOf(text: string): string | null | undefined {
    const kind = ID.exec(text)?.[1];
    return kind === undefined || kind === 'c' || this.claims.claim(text, this) ? kind : null;
  }

  private keep(name: string, value: unknown): void {
    const known = this.values.get(name) ?? [];
    this.values.set(name, [...known.filter((each) => each !== value), value].slice(-KEPT_MAX));
  }
}

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

/** Ids belong to the walk that they were made for, so that a walk does the same whatever others do before it and beside it. */
export class Claims {
  private readonly owners = new Map<string, object>();

  /** False of another's. One that is nobody's yet is taken where it `isNew`: others may be told of it before its maker is. */
  claim(id: string, owner: object, isNew: boolean): boolean {
    const known = this.owners.get(id) ?? (isNew ? owner : undefined);
    if (known === owner) this.owners.set(id, owner);
    return known === owner;
  }

  belongs(id: string, owner: object): boolean {
    return this.owners.get(id) === owner;
  }
}

/** What the answers of one walk have told, by name and by kind of id. */
export class Known {
  private readonly values = new Map<string, unknown[]>();

  constructor(private readonly claims: Claims) {}

  /** `isNew`: what the value names was made by this walk, or belongs to something of its own. */
  learn(name: string, value: unknown, isNew: boolean): void {
    if (Array.isArray(value)) return value.forEach((each) => this.learn(name, each, isNew));
    if (typeof value === 'object' && value !== null)
      return Object.entries(value).forEach(([member, each]) => this.learn(member, each, isNew));
    if (value === null || value === undefined) return;
    const kind = typeof value === 'string' ? this.kindOf(value, isNew) : undefined;
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

  /** Whether the path of a request names something of this walk. */
  isAbout(path: string): boolean {
    const [beforeQuery = ''] = path.split('?');
    return beforeQuery.split('/').some((segment) => this.claims.belongs(segment, this));
  }

  /** Null of another walk's id; customers are everybody's. */
  private kindOf(text: string, isNew: boolean): string | null | undefined {
    const kind = ID.exec(text)?.[1];
    return kind === undefined || kind === 'c' || this.claims.claim(text, this, isNew) ? kind : null;
  }

  private keep(name: string, value: unknown): void {
    const known = this.values.get(name) ?? [];
    this.values.set(name, [...known.filter((each) => each !== value), value].slice(-KEPT_MAX));
  }
}

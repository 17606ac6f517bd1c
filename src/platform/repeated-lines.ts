const WINDOW_MS = 1_000;
/** Somebody may invent names faster than any log can take lines; what more there are in a second share one account. */
const KINDS_MAX = 500;
const OF_MANY_KINDS = 'many kinds';

interface Account {
  readonly fields: object;
  seen: number;
}

/**
 * Lets the first lines of a kind through each second and counts the rest, which `summarize` tells of in one line when
 * the second is over: a crowd that is refused fifty thousand times costs a count each, and is still accounted for.
 */
export class RepeatedLines {
  private accounts = new Map<string, Account>();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly perSecondMax: number,
    private readonly summarize: (fields: object, unwritten: number) => void,
  ) {}

  /** Whether this line is to be written. `fields` are what all lines of the kind say alike. */
  admits(kind: string, fields: object): boolean {
    const account = this.accounts.get(kind) ?? this.open(kind, fields);
    account.seen++;
    this.timer ??= setTimeout(() => this.close(), WINDOW_MS).unref();
    return account.seen <= this.perSecondMax;
  }

  /** Ends the second early: what was counted and not told is told now. */
  close(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const over = this.accounts;
    this.accounts = new Map();
    for (const { fields, seen } of over.values())
      if (seen > this.perSecondMax) this.summarize(fields, seen - this.perSecondMax);
  }

  private open(kind: string, fields: object): Account {
    const full = this.accounts.size >= KINDS_MAX;
    const name = full ? OF_MANY_KINDS : kind;
    const account = (full && this.accounts.get(name)) || { fields: full ? { kinds: name } : fields, seen: 0 };
    this.accounts.set(name, account);
    return account;
  }
}

export interface Migration {
  name: string;
  sql: string;
  /** SHA-256 of the file, in hex, as Prisma computes it. */
  checksum: string;
}

/** The migrations of a folder, by default the repository's, in the order in which they are applied. */
export function readMigrations(folder?: string): Migration[];

/** Applies what the ledger lacks; returns the names applied. A failed one is rolled back and may be tried again. */
export function migrate(options: {
  url: string;
  /** The setting that a refusal names. Default: DATABASE_URL. */
  setting?: string;
  migrations?: Migration[];
  onApply?: (name: string) => void;
}): Promise<string[]>;

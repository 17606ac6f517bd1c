/** What package-lock.json and npm's own record hold of a package. */
export interface LockedPackage {
  version?: string;
  link?: boolean;
  optional?: boolean;
  devOptional?: boolean;
}

/** The first difference between what is wanted and what is installed, or null. */
export function installDifference(
  wanted: Record<string, LockedPackage>,
  installed: Record<string, LockedPackage> | undefined,
  platform?: string,
): string | null;

/** The secrets of the embedded mode, by the names of their settings; made once, kept in `secrets.json` of the folder. */
export function keepSecrets(folder: string): Record<string, string>;

// Keys for the embedded mode: made up once, kept beside the embedded stores, printed by the banner.
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { readJson, writeWhole } from './files.mjs';

const apiKey = () => `hf_sk_${randomBytes(24).toString('hex')}`;
const secret = () => randomBytes(32).toString('hex');
const MAKERS = { ADMIN_API_KEY: apiKey, STOREFRONT_API_KEY: apiKey, JWT_SECRET: secret, RESERVATION_ID_SECRET: secret };

/**
 * The four secrets, as environment variables: those of the environment, else those of `secrets.json`, else new ones.
 * Only for a database of our own. With DATABASE_URL set nothing is made up: several nodes must agree on these, and a
 * node that signed reservation ids with a secret of its own would be wrong quietly; the application names what it misses.
 */
export function keepSecrets(folder) {
  const path = join(folder, 'secrets.json');
  const kept = readJson(path) ?? {};
  const secrets = {};
  let made = false;
  for (const [name, make] of Object.entries(MAKERS)) {
    const given = process.env[name];
    if (!given && name === 'JWT_SECRET' && process.env.JWT_JWKS_URL) continue;
    if (!given && !kept[name]) made = Boolean((kept[name] = make()));
    secrets[name] = given || kept[name];
  }
  if (made) writeWhole(path, `${JSON.stringify(kept, null, 2)}\n`, 0o600);
  return secrets;
}

// Where the service is that a command calls: what the environment says, else where `npm start` of this folder is.
import { resolve } from 'node:path';
import { projectRoot, readJson } from './files.mjs';
import { Refusal } from './refusal.mjs';
import { readAddress } from './settings.mjs';

/** HOLDFAST_URL and the keys that are named, of the environment or made up by `npm start`. */
export function runningService(...keys) {
  const kept = readJson(resolve(projectRoot, process.env.DATA_DIR || '.data', 'start', 'secrets.json')) ?? {};
  const env = { HOLDFAST_URL: process.env.HOLDFAST_URL || readAddress().url };
  for (const name of keys) {
    env[name] = process.env[name] || kept[name];
    if (!env[name])
      throw new Refusal(
        `${name} is not set, and no npm start of this folder has made one. Run npm start in another terminal first, or set HOLDFAST_URL, ${keys.join(' and ')}.`,
      );
  }
  return env;
}

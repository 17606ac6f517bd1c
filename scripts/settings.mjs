// The environment as the start-up reads it: the real one first, then a `.env` file in the root.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { projectRoot } from './files.mjs';
import { Refusal } from './refusal.mjs';

/**
 * Takes what `.env` says where the real environment says nothing. An empty value means "not set", so that a copy of
 * .env.example works as it is. `accepts` narrows it: tests must not depend on how somebody runs the application.
 */
export function loadDotEnv(accepts = () => true) {
  const path = join(projectRoot, '.env');
  if (!existsSync(path)) return;
  for (const [name, value] of Object.entries(parseEnv(readFileSync(path, 'utf8')))) {
    if (value !== '' && !process.env[name] && accepts(name)) process.env[name] = value;
  }
}

/** Where the application will listen, and where a program on this machine reaches it. */
export function readAddress() {
  const text = process.env.PORT || '3000';
  const port = Number(text);
  if (!/^\d+$/.test(text) || port < 1 || port > 65_535)
    throw new Refusal(`PORT: "${text}" is no port. Use a number from 1 to 65535: PORT=3000 npm start`);
  const host = process.env.HOST || '127.0.0.1';
  const everywhere = host === '0.0.0.0' || host === '::';
  const reachable = everywhere ? '127.0.0.1' : host.includes(':') ? `[${host}]` : host;
  return { host, port, url: `http://${reachable}:${port}` };
}

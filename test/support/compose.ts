import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

/** The part of the Compose specification that docker-compose.yml uses. */
export interface Service {
  image: string;
  build?: string;
  command?: string[];
  environment?: Record<string, string>;
  env_file?: { path: string; required: boolean }[];
  depends_on?: Record<string, { condition: string }>;
  healthcheck?: { test?: string[]; disable?: boolean };
  ports?: string[];
  volumes?: string[];
  restart?: string;
  stop_grace_period?: string;
  read_only?: boolean;
  cap_drop?: string[];
}

export interface ComposeFile {
  services: Record<string, Service>;
  volumes: Record<string, unknown>;
}

/** Every `${NAME…}` that the file takes from outside, and those that it refuses to start without. */
export function variablesOf(text: string): { all: Set<string>; required: Set<string> } {
  const found = [...text.replace(/^\s*#.*$/gm, '').matchAll(/(?<!\$)\$\{(\w+)(:?[?-])?/g)];
  const required = found.filter(([, , how]) => how === ':?');
  return { all: new Set(found.map(([, name = '']) => name)), required: new Set(required.map(([, name = '']) => name)) };
}

/** Reads the file as Compose does: anchors merged, variables put in their places. Throws where a required one is missing. */
export function readCompose(path: string, env: Record<string, string>): ComposeFile {
  return interpolate(parse(readFileSync(path, 'utf8'), { merge: true }), env) as ComposeFile;
}

function interpolate(value: unknown, env: Record<string, string>): unknown {
  if (typeof value === 'string') {
    return value
      .replace(/(?<!\$)\$\{(\w+)(?:(:[?-])([^}]*))?\}/g, (_, name: string, how: string | undefined, rest = '') => {
        if (env[name]) return env[name];
        if (how === ':?') throw new Error(`${name} is not set: ${rest}`);
        return String(rest);
      })
      .replaceAll('$$', '$');
  }
  if (Array.isArray(value)) return value.map((each) => interpolate(each, env));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, interpolate(each, env)]));
}

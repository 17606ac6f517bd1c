import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { LAYOUT } from './layout.js';
import { SALE_KEYS } from './sale-keys.js';

const FOLDER = fileURLToPath(new URL('./lua/', import.meta.url));

/** A Lua script as Redis gets it. */
export interface Script {
  readonly name: string;
  readonly text: string;
  readonly sha: string;
}

/**
 * Reads lua/<name>.lua with its fragments. Refuses a script whose header names other arguments than its wrapper passes:
 * a header that nobody checks goes stale, and with it the reader's trust.
 */
export function loadScript(name: string, args: readonly string[], testClock: boolean): Script {
  const source = readFileSync(`${FOLDER}${name}.lua`, 'utf8');
  const header = headerOf(name, source);
  const documented = [...header.matchAll(/^ARGV\[\d+…?\]\s+(\S+)/gm)].map((match) => match[1] ?? '');
  if (documented.join() !== args.join()) {
    throw new Error(`lua/${name}.lua documents ARGV ${documented.join(', ')}; its wrapper passes ${args.join(', ')}`);
  }
  const text = withFragments(source, testClock);
  return { name, text, sha: createHash('sha1').update(text).digest('hex') };
}

function withFragments(source: string, testClock: boolean): string {
  return source
    .replace(/^--@include (\S+)$/gm, (_, fragment: string) => readFragment(fragment))
    .replace(/^--@clock$/m, () => readFragment(testClock ? 'clock-test' : 'clock'));
}

function readFragment(name: string): string {
  const source = readFileSync(`${FOLDER}fragments/${name}.lua`, 'utf8');
  if (name === 'sale') {
    const documented = [...headerOf(name, source).matchAll(/^KEYS\[\d+\]\s+(\S+)/gm)].map((match) => match[1]);
    if (documented.join() !== SALE_KEYS.join())
      throw new Error('lua/fragments/sale.lua and sale-keys.ts name different keys');
    if (!source.includes(`local LAYOUT_OLDEST, LAYOUT_NEWEST = ${LAYOUT.oldest}, ${LAYOUT.newest}\n`))
      throw new Error('lua/fragments/sale.lua and layout.ts name different layouts');
  }
  return source;
}

function headerOf(name: string, source: string): string {
  const header = /^--\[\[ ([\w-]+): [\s\S]*?\]\]/.exec(source);
  if (header?.[1] !== name) throw new Error(`lua/${name}.lua needs a header that begins "--[[ ${name}: …"`);
  return header[0];
}

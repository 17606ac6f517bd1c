import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** A text file of the repository: its path from the root, with `/`, and its lines. */
export interface SourceFile {
  path: string;
  text: string;
  lines: string[];
}

const IGNORED = readFileSync('.gitignore', 'utf8').split('\n').filter(Boolean);
const PICTURES = /\.(?:png|jpg|svg|gif|ico|woff2)$/;

function isIgnored(path: string): boolean {
  if (path === '.git' || PICTURES.test(path)) return true;
  return IGNORED.some((entry) => {
    if (entry.startsWith('*')) return path.endsWith(entry.slice(1));
    const name = entry.replace(/\/$/, '');
    return path === name || path.endsWith(`/${name}`);
  });
}

function pathsBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = folder === '.' ? entry.name : `${folder}/${entry.name}`;
    if (isIgnored(path)) return [];
    return entry.isDirectory() ? pathsBelow(path) : [path];
  });
}

/** Every file of ours that Git would keep. A walk, not `git ls-files`: an archive without .git is tested too. */
export function readTree(): SourceFile[] {
  return pathsBelow('.').map((path) => {
    const text = readFileSync(path, 'utf8');
    return { path, text, lines: text.split('\n') };
  });
}

/** The folders right below one of ours, without the generated one. */
export function foldersIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !isIgnored(join(folder, entry.name)))
    .map((entry) => entry.name);
}

/** `path:line: text` of every line that a test objects to, so that a failure is a list to click through. */
export function linesThat(files: readonly SourceFile[], object: (line: string, before: string) => boolean): string[] {
  return files.flatMap(({ path, lines }) =>
    lines.flatMap((line, at) => (object(line, lines[at - 1] ?? '') ? [`${path}:${at + 1}: ${line.trim()}`] : [])),
  );
}

/** The cells of the first Markdown table below a heading, without its head. */
export function tableBelow(markdown: string, heading: string): string[][] {
  const lines = markdown.split('\n');
  const from = lines.indexOf(heading);
  if (from < 0) throw new Error(`There is no heading "${heading}"`);
  const start = lines.findIndex((line, at) => at > from && line.startsWith('|'));
  const length = lines.slice(start).findIndex((line) => !line.startsWith('|'));
  return lines.slice(start + 2, length < 0 ? undefined : start + length).map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

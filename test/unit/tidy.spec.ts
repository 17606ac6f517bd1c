import { basename } from 'node:path';
import { linesThat, readTree } from '../support/tree.js';

// Style that matters is a test, not a page. Formatting, types and unused code are the linter's and the compiler's.
const tree = readTree();
const source = tree.filter(({ path }) => /^src\/.*\.ts$/.test(path));
const tests = tree.filter(({ path }) => /^test\/.*\.(?:ts|mjs)$/.test(path));
const scripts = tree.filter(({ path }) => /^scripts\/.*\.mjs$/.test(path));
const lua = tree.filter(({ path }) => path.endsWith('.lua'));
const examples = tree.filter(({ path }) => /^examples\/.*\.ts$/.test(path));
const pages = tree.filter(({ path }) => /^web\/.*\.(?:tsx?|mjs)$/.test(path) && !path.includes('/generated/'));
const code = [...source, ...tests, ...scripts, ...examples, ...pages];

const LINES_MAX = 300;
const LUA_LINES_MAX = 100;
/** Waiting for time to pass makes a test slow and, on a slow machine, wrong. A few tests are about time itself. */
const PAUSES_MAX = 6;

/** Words that fit anything and so say nothing (ARCHITECTURE.md, Words). */
const EMPTY_WORDS = new Set(
  ['process', 'processor', 'handle', 'handler', 'manage', 'manager', 'helper', 'util', 'utility', 'data', 'info']
    .concat(['common', 'shared'])
    .flatMap((word) => [word, `${word}s`]),
);
const BANNED_FOLDERS = new Set(['interfaces', 'types', 'services', 'misc', 'lib']);

const wordsOf = (name: string): string[] =>
  name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .split(/[\s_.-]+/)
    .map((word) => word.toLowerCase());

const EXPORT =
  /^export (?:default )?(?:declare |abstract |async )*(?:class|function\*?|const|let|interface|type|enum) (\w+)/;

describe('a file', () => {
  it.each([
    ['TypeScript', code, LINES_MAX],
    ['Lua', lua, LUA_LINES_MAX],
  ])('of %s stays short enough to be read at once', (_language, files, max) => {
    const long = files.filter(({ lines }) => lines.length - 1 > max);
    expect(long.map(({ path, lines }) => `${path}: ${lines.length - 1} lines, ${max} at most`)).toEqual([]);
  });

  it('has a name that says what it does', () => {
    const ours = [...code, ...lua].map(({ path }) => path);
    const bad = ours.filter((path) =>
      path.split('/').some((part) => BANNED_FOLDERS.has(part) || wordsOf(part).some((word) => EMPTY_WORDS.has(word))),
    );
    expect(bad).toEqual([]);
  });

  it('is no barrel: an import names the file that it means', () => {
    expect(code.filter(({ path }) => /^index\.m?[tj]s$/.test(basename(path))).map(({ path }) => path)).toEqual([]);
    expect(linesThat(code, (line) => /^export (?:type )?(?:\*|\{[^}]*\}) from /.test(line))).toEqual([]);
  });

  it('exports no name made of empty words', () => {
    const bad = linesThat([...source, ...scripts, ...pages], (line) => {
      const name = EXPORT.exec(line)?.[1];
      return name !== undefined && wordsOf(name).some((word) => EMPTY_WORDS.has(word));
    });
    expect(bad).toEqual([]);
  });
});

describe('a comment', () => {
  const notes = new RegExp(`\\b(?:${['TO' + 'DO', 'FIX' + 'ME', 'XX' + 'X', 'HA' + 'CK'].join('|')})\\b`);

  it('leaves no work for later', () => {
    expect(linesThat([...code, ...lua], (line) => notes.test(line))).toEqual([]);
  });

  it('is a sentence, not code that was switched off', () => {
    const statement =
      /^\s*\/\/\s*(?:(?:const|let|import|export|return|await|if|for|while|throw|function)\b|this\.|expect\().*[;{]$/;
    const call = /^\s*\/\/\s*[\w.]+\(.*\);$/;
    expect(linesThat(code, (line) => statement.test(line) || call.test(line))).toEqual([]);
    const luaCode = /^\s*--\s*(?:local \w+ =|redis\.call\(|return\b.*\}$|if .* then$|end$)/;
    expect(linesThat(lua, (line) => luaCode.test(line))).toEqual([]);
  });
});

describe('a rule that is switched off', () => {
  const marks = ['eslint-' + 'disable', '@ts-' + 'expect-error', 'prettier-' + 'ignore'] as const;
  const never = ['@ts-' + 'ignore', '@ts-' + 'nocheck', 'istanbul ' + 'ignore', 'c8 ' + 'ignore'];
  const reasoned = [
    new RegExp(`${marks[0]}(?:-next-line|-line)? [@\\w/-]+(?:, [@\\w/-]+)* -- .{12,}`),
    new RegExp(`${marks[1]} .{12,}`),
    /^\s*(?:\/\/|#|<!--)/, // prettier takes no reason on its own line, so it stands on the one before
  ] as const;

  it('names its reason', () => {
    const bad = linesThat(code, (line, before) =>
      marks.some((mark, at) => line.includes(mark) && !reasoned[at]?.test(mark === marks[2] ? before : line)),
    );
    expect(bad).toEqual([]);
  });

  it('is never switched off for a whole file, or for the compiler', () => {
    expect(linesThat(code, (line) => never.some((mark) => line.includes(mark)))).toEqual([]);
  });
});

describe('a test', () => {
  it('runs: none is left out, none runs alone', () => {
    const left = /\b(?:it|test|describe)\.(?:skip|only|todo|failing)\b|\b(?:xit|xdescribe|xtest|fit|fdescribe)\(/;
    expect(linesThat(tests, (line) => left.test(line))).toEqual([]);
  });

  it('waits for a signal, not for time to pass', () => {
    const pause = /\bsetTimeout\(\s*(?:r|res|resolve|done|\(\) => resolve)\b|timers\/promises|\bsleep\(|\bpg_sleep\b/;
    const reason = new RegExp('// ' + 'pause: .{12,}');
    const pauses = linesThat(tests, (line, before) => pause.test(line) && !reason.test(before) && !reason.test(line));
    expect(pauses.filter((line) => !line.startsWith('test/unit/tidy.spec.ts'))).toEqual([]);
    expect(linesThat(tests, (line) => reason.test(line)).length).toBeLessThanOrEqual(PAUSES_MAX);
  });
});

describe('the repository', () => {
  it('names no folder of one machine', () => {
    const machinePath = /(?<![\w.$}:-])\/(?:home(?!\/linuxbrew\/)|root|Users|work|workspace|mnt|private)\/[\w.]/;
    expect(linesThat(tree, (line) => machinePath.test(line))).toEqual([]);
  });

  it('names no registry and no host of one network', () => {
    const host = /https?:\/\/[^/\s"']*(?:\.internal|\.local|\.lan|\.corp|artifactory|nexus|verdaccio)\b/;
    const registry = /"resolved": "https?:\/\/(?!registry\.npmjs\.org\/)|\bregistry\s*=\s*http/;
    expect(linesThat(tree, (line) => host.test(line) || registry.test(line))).toEqual([]);
  });
});

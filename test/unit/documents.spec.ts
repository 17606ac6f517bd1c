import 'reflect-metadata';
import { existsSync, readFileSync } from 'node:fs';
import { Config } from '../../src/platform/config.js';
import { settingsOf } from '../../src/platform/setting.js';
import { PROBLEM_MEMBERS } from '../../src/problem-members.js';
import { type ProblemCode, PROBLEMS } from '../../src/problems.js';
import { foldersIn, tableBelow } from '../support/tree.js';

// What the documents say of the code is compared with the code, both ways.
const readme = readFileSync('README.md', 'utf8');
const contributing = readFileSync('CONTRIBUTING.md', 'utf8');
const operations = readFileSync('OPERATIONS.md', 'utf8');
const inTicks = (cell = ''): string => /`([^`]+)`/.exec(cell)?.[1] ?? '';

describe('README', () => {
  it('lists every problem with its status and title, in order of precedence', () => {
    const rows = tableBelow(readme, '## Problems').map(([code, status = '', title]) => [
      inTicks(code),
      Number.parseInt(status, 10),
      title,
    ]);
    expect(rows).toEqual(Object.entries(PROBLEMS).map(([code, { status, title }]) => [code, status, title]));
  });

  it('says what each problem carries besides, as the OpenAPI document does', () => {
    // These two go with many problems, and are told once, above the table.
    const everywhere = new Set(['retryAfterSeconds', 'reservationId']);
    const rows = tableBelow(readme, '## Problems').map(([code, , , carried = '']) => [
      inTicks(code),
      Array.from(carried.matchAll(/`([a-z]\w*)/g), ([, name]) => name).sort(),
    ]);
    const documented = (Object.keys(PROBLEMS) as ProblemCode[]).map((code) => {
      const members = Object.entries(PROBLEM_MEMBERS[code]?.members ?? {});
      return [code, members.flatMap(([name]) => (everywhere.has(name) ? [] : [name])).sort()];
    });
    expect(rows).toEqual(documented);
  });

  it('lists every folder of src, and none that is gone', () => {
    const listed = tableBelow(readme, '## Folders').map(([folder]) => inTicks(folder));
    expect(listed.filter((path) => path.startsWith('src/')).sort()).toEqual(
      foldersIn('src')
        .map((folder) => `src/${folder}/`)
        .sort(),
    );
    expect(listed.filter((path) => !existsSync(path))).toEqual([]);
  });
});

describe('.env.example', () => {
  it('has every setting, in the order of Config', () => {
    const names = Array.from(
      readFileSync('.env.example', 'utf8').matchAll(/^#?\s?([A-Z][A-Z0-9_]+)=/gm),
      ([, name]) => name,
    );
    expect(names).toEqual(settingsOf(Config).map(({ env }) => env));
  });

  it('shows the default wherever there is one', () => {
    const text = readFileSync('.env.example', 'utf8');
    const wrong = settingsOf(Config).filter(({ env, default: usual }) => {
      const value = new RegExp(`^#?\\s?${env}=(.*)$`, 'm').exec(text)?.[1]?.trim();
      return usual !== undefined && value !== String(usual);
    });
    expect(wrong.map(({ env }) => env)).toEqual([]);
  });
});

describe('OPERATIONS', () => {
  it('names settings that there are, and no others', () => {
    const names = new Set(settingsOf(Config).map(({ env }) => env));
    const named = Array.from(operations.matchAll(/`([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)`/g), ([, name = '']) => name);
    expect(named.filter((name) => !names.has(name))).toEqual([]);
    expect(named).toEqual(expect.arrayContaining([...names].filter((name) => name.includes('RETENTION'))));
  });
});

describe('RELIABILITY', () => {
  it('names no test that is gone', () => {
    const text = readFileSync('RELIABILITY.md', 'utf8');
    const paths = Array.from(
      text.matchAll(/`(?:test\/)?([\w-]+\/[\w-]+\.spec\.ts)`/g),
      ([, path = '']) => `test/${path}`,
    );
    expect(paths.length).toBeGreaterThan(100);
    expect(paths.filter((path) => !existsSync(path))).toEqual([]);
  });
});

describe('CONTRIBUTING', () => {
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };
  const named = (text: string): string[] =>
    Array.from(text.matchAll(/\bnpm (?:run ([\w:-]+)|(start|test)\b)/g), ([, run, short]) => run ?? short ?? '');

  it('names every npm script, and none that is gone', () => {
    expect([...new Set(named(contributing))].sort()).toEqual(Object.keys(scripts).sort());
  });

  it('and README name no script that is gone', () => {
    expect(named(readme).filter((name) => !(name in scripts))).toEqual([]);
  });

  it('and README name no file of ours that is gone', () => {
    const paths = Array.from(
      `${readme}\n${contributing}`.matchAll(/`((?:src|test|scripts|prisma|\.ci)\/[\w./-]+)`/g),
      ([, path = '']) => path,
    );
    expect(paths.filter((path) => !existsSync(path))).toEqual([]);
  });

  it('links to no document that is missing', () => {
    const links = Array.from(
      `${readme}\n${contributing}`.matchAll(/\]\(([\w./-]+)(?:#[\w-]+)?\)/g),
      ([, path = '']) => path,
    );
    expect(links.filter((path) => !existsSync(path))).toEqual([]);
  });
});

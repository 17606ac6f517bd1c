import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';

// There is no Docker where tests run: what an image is made of is read, and its commands are run by test/integration.
const dockerfile = readFileSync('Dockerfile', 'utf8');
const ignored = readFileSync('.dockerignore', 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'));

interface Instruction {
  word: string;
  rest: string;
}

const instructions: Instruction[] = dockerfile
  .replace(/^#.*\n/gm, '')
  .replace(/\\\n/g, ' ')
  .split('\n')
  .filter((line) => line.trim() !== '')
  .map((line) => ({ word: line.split(' ', 1)[0] ?? '', rest: line.slice(line.indexOf(' ') + 1).trim() }));
const all = (word: string): string[] => instructions.filter((each) => each.word === word).map(({ rest }) => rest);
const last = (word: string): string => all(word).at(-1) ?? '';
const lastStage = instructions.slice(instructions.map(({ word }) => word).lastIndexOf('FROM'));
const execForm = (text: string): string[] => JSON.parse(text) as string[];

describe('Dockerfile', () => {
  it('builds from one exact version of Node that package.json allows', () => {
    expect(last('ARG')).toMatch(/^NODE_IMAGE=node:\d+\.\d+\.\d+-bookworm-slim$/);
    expect(all('FROM').map((from) => from.split(' ')[0])).toEqual(Array(3).fill('$' + '{NODE_IMAGE}'));
  });

  it('copies only what is there and reaches the builder', () => {
    const sources = all('COPY')
      .filter((rest) => !rest.startsWith('--from='))
      .flatMap((rest) => rest.split(' ').slice(0, -1));
    const top = new Set(ignored.filter((line) => line.startsWith('!')).map((line) => line.slice(1)));
    expect(ignored[0]).toBe('*');
    expect(sources.filter((path) => !existsSync(path))).toEqual([]);
    expect(sources.map((path) => path.split('/')[0] ?? '').filter((path) => !top.has(path))).toEqual([]);
    expect([...top].filter((path) => !sources.some((source) => source.split('/')[0] === path))).toEqual([]);
  });

  it('sends no secrets, stores or packages of this machine to the builder', () => {
    for (const name of ['.env', '.data', 'node_modules', '.git', 'dist']) expect(ignored).not.toContain(`!${name}`);
  });

  it('runs no install script, and ships neither the compiler nor the embedded stores', () => {
    const installs = all('RUN').filter((command) => command.startsWith('npm ci'));
    expect(installs).toHaveLength(2);
    expect(installs.filter((command) => !command.includes('--ignore-scripts'))).toEqual([]);
    expect(installs[1]).toContain('--omit=dev --omit=optional');
    expect(lastStage.filter(({ word }) => word === 'RUN')).toEqual([]);
    expect(lastStage.map(({ rest }) => rest)).toContain('--from=packages /app/node_modules ./node_modules');
  });

  it('is not run by root, and gets the stop signal itself', () => {
    expect(last('USER')).toBe('node');
    expect(last('STOPSIGNAL')).toBe('SIGTERM');
    expect(execForm(last('CMD'))).toEqual(['node', '--enable-source-maps', 'dist/main.js']);
  });

  it('asks a script that is there whether it lives', () => {
    const [command, script = '', what] = execForm(last('HEALTHCHECK').replace(/^.* CMD /, ''));
    expect([command, what]).toEqual(['node', 'live']);
    expect(existsSync(script)).toBe(true);
    const { status, stdout } = spawnSync(process.execPath, [script, 'live'], {
      env: { PORT: '1' },
      encoding: 'utf8',
    });
    expect([status, stdout]).toEqual([1, expect.stringContaining('no answer')]);
  });

  it('runs npm scripts that exist', () => {
    const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };
    const named = all('RUN').flatMap((command) => /^npm run (\w+)/.exec(command)?.[1] ?? []);
    expect(named).toEqual(['build']);
    expect(named.filter((name) => !(name in scripts))).toEqual([]);
  });

  it('finds the migrations where the compiled code looks for them', () => {
    expect(all('COPY')).toContain('prisma/migrations ./prisma/migrations');
    expect(existsSync(join('src/platform', '../../prisma/migrations'))).toBe(true);
  });
});

import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** What a program that counts for itself says at its end. */
export interface CountSaid {
  readonly perSecond: number;
  readonly cpuMicrosEach: number;
}

/** Runs a program of this folder to its end and returns what it counted. */
export function runCount(name: string, args: readonly (string | number)[], env: NodeJS.ProcessEnv): Promise<CountSaid> {
  const path = fileURLToPath(new URL(`./${name}.js`, import.meta.url));
  const { DATABASE_URL, REDIS_URL, ...inherited } = process.env;
  const child = fork(path, args.map(String), {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: { ...inherited, ...env },
  });
  const kill = (): boolean => child.kill('SIGKILL');
  process.once('exit', kill);
  return new Promise((resolve, reject) => {
    child.once('message', (said: CountSaid) => resolve(said));
    child.once('exit', (code) => {
      process.off('exit', kill);
      reject(new Error(`${name} ended with ${code}`));
    });
  });
}

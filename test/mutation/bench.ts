import { type ChildProcess, fork } from 'node:child_process';
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Order, Report } from './worker.js';

/** A worker process and its folder; started anew when it dies or is no longer to be trusted. */
export class Bench {
  private child: ChildProcess | null = null;
  private ending: Promise<unknown> | undefined;
  private readonly folder: string;

  constructor(root: string, number: number) {
    this.folder = join(root, `bench-${number}`);
    rmSync(join(this.folder, 'code'), { recursive: true, force: true });
    cpSync(join(root, 'code'), join(this.folder, 'code'), { recursive: true });
    cpSync(join(root, 'code', 'src/inventory/lua'), join(this.folder, 'lua'), { recursive: true });
  }

  /** Null when the worker died over it. */
  async ask(order: Order): Promise<Report | null> {
    const child = (this.child ??= await this.start());
    return new Promise((resolve) => {
      const over = (report: Report | null): void => {
        child.off('message', over);
        child.off('exit', died);
        resolve(report);
      };
      const died = (): void => {
        this.child = null;
        over(null);
      };
      child.on('message', over);
      child.on('exit', died);
      child.send(order);
    });
  }

  /** Also while it is asked something: that has no answer then. */
  async stop(): Promise<void> {
    const { child } = this;
    if (child) {
      this.child = null;
      this.ending = new Promise((resolve) => child.once('exit', resolve));
      child.send({ kind: 'stop' } satisfies Order);
    }
    await this.ending;
  }

  private start(): Promise<ChildProcess> {
    const code = join(this.folder, 'code');
    const child = fork(join(code, 'test/mutation/worker.js'), [code, join(this.folder, 'redis')], {
      execArgv: ['--enable-source-maps'],
      // What fails under a mutant is said to many, and nobody need read it.
      stdio: ['ignore', 'ignore', process.env['MUTATION_LOUD'] ? 'inherit' : 'ignore', 'ipc'],
    });
    return new Promise((resolve, reject) => {
      child.once('message', () => resolve(child));
      child.once('exit', () => reject(new Error('a bench could not start')));
    });
  }
}

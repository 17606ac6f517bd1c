import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';

/** Tests, and whatever else uses this, run in the root of the repository. */
const MAIN = resolve('dist/main.js');
const running = new Set<ChildProcess>();

/** When the tests end, however they end, nothing that they started goes on. */
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** One `node dist/main.js`, on a port that it keeps. */
export class AppInstance {
  private child: ChildProcess | undefined;

  constructor(
    readonly port: number,
    private readonly env: NodeJS.ProcessEnv,
    private main = MAIN,
  ) {}

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Starts it, if it does not run; whether it serves already is for the caller to ask. */
  start(): void {
    if (this.child && this.child.exitCode === null && this.child.signalCode === null) return;
    const log = process.env['TEST_LOG_LEVEL'];
    const env = { ...process.env, ...this.env, PORT: String(this.port), LOG_LEVEL: log ?? 'silent' };
    const child = spawn(process.execPath, ['--enable-source-maps', this.main], {
      env,
      stdio: log ? 'inherit' : 'ignore',
    });
    running.add(child);
    child.once('exit', () => running.delete(child));
    this.child = child;
  }

  /** Whether it ended without being asked to. */
  get ended(): boolean {
    return this.child !== undefined && (this.child.exitCode !== null || this.child.signalCode !== null);
  }

  /** Null while it runs, and when a signal ended it. */
  get exitCode(): number | null {
    return this.child?.exitCode ?? null;
  }

  /** The signal that ended it, if one did. */
  get endedBy(): NodeJS.Signals | null {
    return this.child?.signalCode ?? null;
  }

  get pid(): number | undefined {
    return this.child?.pid;
  }

  /** Stops it as a deployment does, and starts another release in its place. The one that stops must end in order. */
  async replaceBy(main: string): Promise<void> {
    await this.stop();
    if (this.child?.exitCode !== 0) throw new Error(`${this.url} ended with ${this.child?.exitCode}, not in order`);
    this.main = main;
    this.start();
  }

  kill(): Promise<void> {
    return this.end('SIGKILL');
  }

  /** It keeps its connections and its memory, and does nothing, until it is thawed. */
  freeze(): void {
    this.child?.kill('SIGSTOP');
  }

  thaw(): void {
    this.child?.kill('SIGCONT');
  }

  stop(): Promise<void> {
    return this.end('SIGTERM');
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    const { child } = this;
    if (!child || this.ended) return;
    const gone = once(child, 'exit');
    child.kill(signal);
    await gone;
  }
}

import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import type { CrashPoint } from '../../src/crash-points.js';
import { FaultProxy } from '../chaos/fault-proxy.js';

/** What a process does at a point. */
export type Verdict = 'go' | 'kill' | 'stop';

type FromApp =
  | { kind: 'ready' }
  | { kind: 'at'; id: number; point: CrashPoint }
  | { kind: 'done'; id: number; value: unknown }
  | { kind: 'failed'; id: number; error: { code?: string; message: string } };

/** An error of the application in another process; `code` is a problem's, if it is one. */
export class AppError extends Error {
  constructor(
    readonly code: string | undefined,
    message: string,
  ) {
    super(message);
  }
}

type Asked<T, M extends keyof T> = T[M] extends (...args: infer A) => unknown ? A : never;
type Told<T, M extends keyof T> = T[M] extends (...args: never[]) => infer R ? Awaited<R> : never;

interface Pending {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** A process of the application that does what it is told, with a way of its own to each store. */
export class ForkedApp {
  private readonly calls = new Map<number, Pending>();
  private called = 0;
  private atPoint: (point: CrashPoint) => Promise<Verdict> = () => Promise.resolve('go');
  private said = new Map<FromApp['kind'], () => void>();
  private stopped: () => void = () => undefined;
  /** The question at whose point it was stopped. */
  private standsAt: number | undefined;
  readonly ended: Promise<unknown>;

  private constructor(
    private readonly child: ChildProcess,
    readonly redis: FaultProxy,
    readonly postgres: FaultProxy,
  ) {
    running.add(child);
    this.ended = once(child, 'exit').then(() => this.end());
    child.on('message', (message: FromApp) => void this.hear(message));
  }

  /** Starts one; `bundle` is the file that it runs. Resolves when it is ready. */
  static async start(bundle: string, env: NodeJS.ProcessEnv): Promise<ForkedApp> {
    const { REDIS_URL = '', DATABASE_URL = '' } = env;
    const [redis, postgres] = await Promise.all([FaultProxy.open(REDIS_URL), FaultProxy.open(DATABASE_URL)]);
    const ways = { REDIS_URL: redis.reroute(REDIS_URL), DATABASE_URL: postgres.reroute(DATABASE_URL) };
    const child = fork(bundle, [], {
      env: { PATH: process.env['PATH'], ...env, ...ways },
      execArgv: [],
      serialization: 'advanced',
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    const app = new ForkedApp(child, redis, postgres);
    const started = await Promise.race([app.says('ready').then(() => true), app.ended.then(() => false)]);
    if (!started) throw new Error('a forked application ended before it was ready');
    return app;
  }

  get isAlive(): boolean {
    return running.has(this.child);
  }

  /** Whether it has all its connections, again. */
  isWhole(): Promise<boolean> {
    return this.call(ForkedApp, 'isWhole');
  }

  /** Calls a method of a part by its class, as if it were here. Rejects with AppError, or when the process ends. */
  call<T, M extends keyof T & string>(
    part: { readonly name: string; readonly prototype: T },
    method: M,
    ...args: Asked<T, M>
  ): Promise<Told<T, M>> {
    const id = ++this.called;
    return new Promise<unknown>((resolve, reject) => {
      if (!this.isAlive) return reject(new AppError('gone', 'the process has ended'));
      this.calls.set(id, { resolve, reject });
      this.child.send({ kind: 'call', id, part: part.name, method, args });
    }) as Promise<Told<T, M>>;
  }

  /** From here on `atPoint` decides at every crash point that it comes to. */
  watch(atPoint: (point: CrashPoint) => Promise<Verdict>): void {
    this.atPoint = atPoint;
    this.child.send({ kind: 'watch' });
  }

  /** Nothing is decided any more: it goes on at every point. */
  leaveAlone(): void {
    this.atPoint = () => Promise.resolve('go');
  }

  /** Resolves when it stands still, at a point where `atPoint` has said so. */
  stops(): Promise<void> {
    return new Promise((resolve) => (this.stopped = resolve));
  }

  /** It goes on from where it stands, if it does. */
  thaw(): void {
    this.child.kill('SIGCONT');
    if (this.standsAt !== undefined) this.tell(this.standsAt, 'go');
    this.standsAt = undefined;
  }

  /** The sessions that it has in Postgres are over, and their locks with them, as those of a machine that vanished. */
  loseSessions(): void {
    this.postgres.strike({ kind: 'cut' });
    this.postgres.heal();
  }

  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.ended;
  }

  private says(kind: FromApp['kind']): Promise<void> {
    return new Promise((resolve) => this.said.set(kind, resolve));
  }

  private async hear(message: FromApp): Promise<void> {
    this.said.get(message.kind)?.();
    if (message.kind === 'at') {
      const verdict = await this.atPoint(message.point);
      if (verdict === 'stop') this.standStill(message.id);
      else this.tell(message.id, verdict);
    }
    if (message.kind !== 'done' && message.kind !== 'failed') return;
    const pending = this.calls.get(message.id);
    this.calls.delete(message.id);
    if (message.kind === 'done') pending?.resolve(message.value);
    else pending?.reject(new AppError(message.error.code, message.error.message));
  }

  /** Stopped from here: were it to stop itself, a busy machine might let it do so only after it was told to go on. */
  private standStill(question: number): void {
    this.standsAt = question;
    this.child.kill('SIGSTOP');
    this.stopped();
  }

  private tell(question: number, verdict: Verdict): void {
    if (this.isAlive) this.child.send({ kind: 'verdict', id: question, verdict });
  }

  private async end(): Promise<void> {
    running.delete(this.child);
    for (const { reject } of this.calls.values()) reject(new AppError('gone', 'the process has ended'));
    this.calls.clear();
    await Promise.all([this.redis.close(), this.postgres.close()]);
  }
}

import {
  type BeforeApplicationShutdown,
  Injectable,
  type OnApplicationBootstrap,
  type OnModuleInit,
} from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';
import { Config } from '../platform/config.js';
import { LoopLateness } from '../platform/loop-lateness.js';
import { Postgres } from '../platform/postgres.js';
import { Problem } from '../problems.js';
import { Behind, type Waits } from './behind.js';
import { Intake } from './intake.js';
import { ReturnTimes } from './return-times.js';

/**
 * Turns new reservations away while this process is behind, so that those who hold can pay: a checkout or payment waits in
 * the same turns of the event loop, and for the same Postgres. Right after who calls is known, before the body is read and
 * before any store is asked.
 */
@Injectable()
export class ShedRequests implements OnModuleInit, OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly behind: Behind;
  private waitMs = 0;

  constructor(
    private readonly intake: Intake,
    private readonly postgres: Postgres,
    private readonly lateness: LoopLateness,
    private readonly returns: ReturnTimes,
    private readonly config: Config,
    private readonly adapterHost: HttpAdapterHost,
  ) {
    this.behind = new Behind(config.behindMsMax);
  }

  onModuleInit(): void {
    if (this.config.behindMsMax === 0) return;
    const server = this.adapterHost.httpAdapter.getInstance<FastifyInstance>();
    server.addHook('preParsing', (request, _reply, _payload, done) => {
      if (!request.routeOptions.config.shed || this.admits()) done();
      else done(this.refusal());
    });
  }

  onApplicationBootstrap(): void {
    if (this.config.behindMsMax > 0) this.lateness.listen((lateMs) => this.look(lateMs));
  }

  beforeApplicationShutdown(): void {
    this.lateness.stop();
  }

  /** After each turn of the event loop: within one, nothing leaves the intake. */
  look(turnMs: number): void {
    this.waitMs = Math.max(this.intake.oldestWaitMs(), this.postgres.oldestWaitMs);
    this.behind.look(this.waits(turnMs), performance.now());
  }

  private admits(): boolean {
    const now = performance.now();
    const admitted = this.behind.admits(this.waits(this.lateness.ms), now);
    if (admitted) this.returns.noteTaken(now);
    return admitted;
  }

  private waits(turnMs: number): Waits {
    return { turnMs, waitMs: this.waitMs };
  }

  private refusal(): Problem {
    return new Problem(
      'overloaded',
      'More requests arrive than can be served, so this one was not looked at; repeat it later, with the same key.',
      { retryAfterSeconds: this.returns.secondsOfNext(performance.now()) },
    );
  }
}

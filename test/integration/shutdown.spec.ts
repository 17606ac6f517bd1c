import 'reflect-metadata';
import { Controller, Get } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { EventEmitter, once } from 'node:events';
import { Allow } from '../../src/access/allow.decorator.js';
import { rootLogger } from '../../src/platform/logging.js';
import { Readiness } from '../../src/platform/readiness.js';
import { Shutdown } from '../../src/platform/shutdown.js';
import { appWith } from '../app.js';
import { testConfig } from '../settings.js';
import { type FreshDatabase, freshDatabase } from '../stores.js';

const work = new EventEmitter();

@Controller('work')
@Allow('anonymous')
class WorkController {
  @Get()
  async work(): Promise<{ done: true }> {
    const finished = once(work, 'finish');
    work.emit('begun');
    await finished;
    return { done: true };
  }
}

class ExitRecorder extends EventEmitter {
  exit(code: number): void {
    this.emit('exit', code);
  }
}

let database: FreshDatabase;
beforeAll(async () => {
  database = await freshDatabase();
});
afterAll(() => database.drop());

async function serve(deadlineMs = 10_000): Promise<{ app: NestFastifyApplication; url: string; exits: ExitRecorder }> {
  const config = testConfig(database.url);
  const app = await appWith(config, WorkController);
  await app.listen(0, '127.0.0.1');
  const exits = new ExitRecorder();
  new Shutdown(app, rootLogger(config), deadlineMs, exits).listen();
  return { app, url: await app.getUrl(), exits };
}

describe('a stop signal', () => {
  it('lets open work finish, takes no more, and ends with 0', async () => {
    const { app, url, exits } = await serve();
    const begun = once(work, 'begun');
    const answer = fetch(`${url}/work`);
    await begun;
    const exited = once(exits, 'exit');
    exits.emit('SIGTERM');
    expect(app.get(Readiness).state()).toMatchObject({ ready: false });
    await expect(fetch(`${url}/health/live`)).rejects.toThrow();
    work.emit('finish');
    expect(await (await answer).json()).toEqual({ done: true });
    expect(await exited).toEqual([0]);
  });

  it('does not wait for ever: past the deadline it ends with 1', async () => {
    const { url, exits } = await serve(100);
    const begun = once(work, 'begun');
    const answer = fetch(`${url}/work`);
    await begun;
    exits.emit('SIGINT');
    expect(await once(exits, 'exit')).toEqual([1]);
    const closed = once(exits, 'exit'); // a real process would be gone by now; this one closes its stores after all
    work.emit('finish');
    await answer;
    await closed;
  });

  it('that comes twice for one key press counts once', async () => {
    const { exits } = await serve();
    const exited = once(exits, 'exit');
    exits.emit('SIGINT');
    exits.emit('SIGINT');
    expect(await exited).toEqual([0]);
  });
});

describe('an error that nobody caught', () => {
  it.each(['uncaughtException', 'unhandledRejection'])('ends the process with 1: %s', async (event) => {
    const { exits } = await serve();
    const exited = once(exits, 'exit');
    exits.emit(event, new Error('nobody caught this'));
    expect(await exited).toEqual([1]);
  });
});

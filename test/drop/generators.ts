import { type ChildProcess, fork } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Operation } from '../chaos/history.js';
import { Figures } from './figures.js';
import { Generator, type PartOfRun, type Task } from './generator.js';
import type { Order, Word } from './generator-child.js';
import type { VisitRecord } from './venue.js';

/** The crowd, wherever its parts run. */
export interface Crowd {
  /** Resolves when everything is made that would cost time later. */
  prepare(): Promise<void>;
  /** Resolves when the last buyer has left. */
  run(startAt: number): Promise<PartOfRun>;
  /** What is counted so far. */
  tally(): Figures;
  /** Nobody comes any more, and whoever waits for something leaves. */
  close(): void;
  /** Ends what is left of it. */
  end(): void;
}

/** One generator in this very process: for a small crowd. */
export function crowdHere(task: Omit<Task, 'part' | 'parts'>): Crowd {
  const generator = new Generator({ ...task, part: 0, parts: 1 });
  return {
    prepare: () => generator.prepare(),
    run: (startAt) => generator.run(startAt),
    tally: () => generator.figures,
    close: () => generator.close(),
    end: () => undefined,
  };
}

/** Several generators, each a process of its own; what they wrote down is read back from `folder`. */
export function crowdOfProcesses(task: Omit<Task, 'part' | 'parts'>, parts: number, folder: string): Crowd {
  const program = fileURLToPath(new URL('./generator-child.js', import.meta.url));
  const members = Array.from({ length: parts }, (_, part) => {
    const child = fork(program, { execArgv: ['--enable-source-maps'] });
    return { child, part, path: join(folder, `part-${part}.ndjson`), figures: new Figures() };
  });
  for (const member of members)
    member.child.on('message', (word: Word) => {
      if (word.is === 'tally') member.figures = Figures.fromText(word.figures);
    });
  const all = async (order: (member: (typeof members)[number]) => Order, until: Word['is']): Promise<void> => {
    await Promise.all(
      members.map((member) => {
        const told = heard(member.child, until);
        member.child.send(order(member));
        return told;
      }),
    );
  };
  return {
    prepare: () =>
      all(({ part, path }) => ({ do: 'prepare', task: { ...task, part, parts }, resultPath: path }), 'ready'),
    run: async (startAt) => {
      await all(() => ({ do: 'run', startAt }), 'done');
      return addUp(await Promise.all(members.map(({ path }) => readPart(path))));
    },
    tally: () => sumOf(members.map(({ figures }) => figures)),
    close: () => {
      for (const { child } of members) if (child.connected) child.send({ do: 'close' } satisfies Order);
    },
    end: () => {
      for (const { child } of members) child.kill('SIGKILL');
    },
  };
}

function heard(child: ChildProcess, until: Word['is']): Promise<void> {
  return new Promise((resolve, reject) => {
    const gone = (code: number | null, signal: string | null): void =>
      reject(new Error(`a generator ended by itself (${signal ?? `exit ${code}`})`));
    const listen = (word: Word): void => {
      if (word.is !== until && word.is !== 'failed') return;
      child.off('message', listen);
      child.off('exit', gone);
      if (word.is === 'failed') reject(new Error(`a generator failed: ${word.why}`));
      else resolve();
    };
    child.on('message', listen);
    child.once('exit', gone);
  });
}

async function readPart(path: string): Promise<PartOfRun> {
  const part = {
    figures: new Figures(),
    history: [] as Operation[],
    visits: [] as VisitRecord[],
    faults: [] as string[],
  };
  for await (const line of createInterface({ input: createReadStream(path) })) {
    const space = line.indexOf(' ');
    const value: unknown = JSON.parse(line.slice(space + 1));
    const kind = line.slice(0, space);
    if (kind === 'figures') part.figures = Figures.fromText(value as string);
    else if (kind === 'operation') part.history.push(value as Operation);
    else if (kind === 'visit') part.visits.push(value as VisitRecord);
    else part.faults.push(value as string);
  }
  return part;
}

function addUp(parts: readonly PartOfRun[]): PartOfRun {
  return {
    figures: sumOf(parts.map(({ figures }) => figures)),
    history: parts.flatMap(({ history }) => history),
    visits: parts.flatMap(({ visits }) => visits).sort((a, b) => a.index - b.index),
    faults: parts.flatMap(({ faults }) => faults),
  };
}

function sumOf(all: readonly Figures[]): Figures {
  const sum = new Figures();
  for (const figures of all) sum.add(figures);
  return sum;
}

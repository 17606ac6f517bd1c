import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import { Generator, type PartOfRun, type Task } from './generator.js';

/** What the rehearsal says to a generator, and what a generator says back. */
export type Order =
  { do: 'prepare'; task: Task; resultPath: string } | { do: 'run'; startAt: number } | { do: 'close' };
export type Word = { is: 'ready' } | { is: 'tally'; figures: string } | { is: 'done' } | { is: 'failed'; why: string };

const TELL_MS = 500;

let generator: Generator | undefined;
let resultPath = '';

const say = (word: Word): void => void process.send?.(word);

// A terminal's Ctrl-C reaches the whole group; when to end is said by the rehearsal.
process.on('SIGINT', () => undefined);
process.on('disconnect', () => process.exit(1));
process.on('message', (order: Order) => {
  obey(order).catch((error: unknown) =>
    say({ is: 'failed', why: error instanceof Error ? error.message : String(error) }),
  );
});

async function obey(order: Order): Promise<void> {
  switch (order.do) {
    case 'prepare':
      generator = new Generator(order.task);
      resultPath = order.resultPath;
      await generator.prepare();
      say({ is: 'ready' });
      return;
    case 'run':
      return run(order.startAt);
    case 'close':
      generator?.close();
  }
}

async function run(startAt: number): Promise<void> {
  if (!generator) return;
  const { figures } = generator;
  const timer = setInterval(() => say({ is: 'tally', figures: figures.toText(2) }), TELL_MS);
  const part = await generator.run(startAt).finally(() => clearInterval(timer));
  await write(resultPath, part);
  say({ is: 'done' });
}

/** One JSON a line: a history may be larger than the longest text. */
async function write(path: string, { figures, history, visits, faults }: PartOfRun): Promise<void> {
  const file = createWriteStream(path);
  const put = async (kind: string, value: unknown): Promise<void> => {
    if (!file.write(`${kind} ${JSON.stringify(value)}\n`)) await once(file, 'drain');
  };
  await put('figures', figures.toText());
  for (const operation of history) await put('operation', operation);
  for (const visit of visits) await put('visit', visit);
  for (const fault of faults) await put('fault', fault);
  file.end();
  await once(file, 'finish');
}

import { onRedis } from '../bench-stores.js';
import type { BenchSale, Holdfast } from '../holdfast.js';
import type { Sample } from '../load/run-load.js';
import { after } from '../program.js';
import { Once } from '../once.js';
import type { Arena, Round } from '../round.js';
import { countsOf } from '../seed.js';
import { atLeast, atMost, type Row } from './row.js';

interface AtTheDoor {
  readonly sample: Sample;
  readonly redisCommandsEach: number;
}

/** A sale whose only unit is sold. */
async function sellOut(holdfast: Holdfast): Promise<BenchSale> {
  const sale = await holdfast.sell({ skus: [1] });
  const headers = { authorization: holdfast.key, 'content-type': 'application/json', prefer: 'wait=10' };
  const post = async (path: string, body: unknown): Promise<{ id: string }> => {
    const url = `http://127.0.0.1:${holdfast.port}${path}`;
    const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
    if (answer.status !== 201) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as { id: string };
  };
  const lines = [{ skuId: sale.skuIds[0], quantity: 1 }];
  const { id } = await post(`/v1/sales/${sale.id}/reservations`, { customerId: 'c_first', lines });
  await post(`/v1/reservations/${id}/confirm`, { paymentReference: 'bench' });
  while ((await countsOf(holdfast, sale)).sold === 0) await after(50);
  return sale;
}

async function measureRefusals({ arena }: Round): Promise<AtTheDoor> {
  const holdfast = await arena.holdfast();
  const sale = await soldOut.of(holdfast);
  await arena.atRest('reserve');
  const idle = await watchCommands(arena, () => after(arena.pace.seconds * 1_000));
  const load = { ...holdfast.reserve(sale), status: 409 };
  const {
    result: sample,
    commands,
    ms,
  } = await watchCommands(arena, () => arena.load('refusals at the door', 'reserve', load));
  const ofBackground = (idle.commands / idle.ms) * ms;
  arena.say(
    `${commands} Redis commands in ${(ms / 1_000).toFixed(1)} s, ${ofBackground.toFixed(0)} of them at rest too`,
  );
  return { sample, redisCommandsEach: Math.max(0, commands - ofBackground) / sample.used };
}

/** How many commands Redis carried out while `work` was done, those of scripts too. */
async function watchCommands<T>(
  { stores }: Arena,
  work: () => Promise<T>,
): Promise<{ result: T; commands: number; ms: number }> {
  const count = (): Promise<number> =>
    onRedis(stores.redisUrl, async (redis) =>
      Number(/total_commands_processed:(\d+)/.exec(await redis.info('stats'))?.[1]),
    );
  const [before, began] = [await count(), performance.now()];
  const result = await work();
  return { result, commands: (await count()) - before, ms: performance.now() - began };
}

const soldOut = new Once(sellOut);
const atTheDoor = new Once(measureRefusals);

export const REFUSAL_ROWS: readonly Row[] = [
  {
    ...{ name: 'refusals', figure: 'keyless refusals at a sold-out door ÷ decided', asked: '≥ 1.5', unit: '×' },
    reached: atLeast(1.5),
    measure: async (round) => {
      const decided = await round.sample('reserve');
      return (await atTheDoor.of(round)).sample.perSecond / decided.perSecond;
    },
  },
  {
    ...{ name: 'refusals-redis', figure: 'Redis commands for each of them, beyond those of an idle service' },
    ...{ asked: '0 (< 0.01)', unit: '', reached: atMost(0.01) },
    measure: async (round) => (await atTheDoor.of(round)).redisCommandsEach,
  },
];

import { BUYERS, type State } from './state.js';

/** What must be true after every step. */
export function broken(state: State): string[] {
  const { postgres, redis, guardian, passed, told, promised } = state;
  const found: string[] = [];
  const claims = BUYERS.filter(
    (buyer) =>
      postgres.rows[buyer] === 'checkout' ||
      postgres.again[buyer] === 'checkout' ||
      (postgres.rows[buyer] === 'confirmed' && !postgres.restocked[buyer]),
  );
  if (claims.length > 1) found.push('two reservations are pinned or confirmed for one unit');
  /** By the deadline that was told, and the clock that is ahead. */
  const live = BUYERS.filter(
    (buyer) => told[buyer] && Math.max(passed.redis[buyer], passed.postgres[buyer]) <= (promised[buyer] ? 1 : 0),
  );
  if (live.length > 1) found.push('two customers have been told that they hold one unit');
  if (postgres.capacity === 0 && claims.length + live.length > 0)
    found.push('a unit is out of the stock, and somebody has it');
  // By what is true of Redis, not by what a process with a dropped rule believes.
  const settled = guardian.read === null && redis.built && redis.epoch === postgres.epoch && redis.run === postgres.run;
  if (!settled) return found;
  for (const buyer of live)
    if (redis.owner !== buyer && postgres.sold !== buyer) found.push('a hold that was told of is silently lost');
  if (postgres.sold !== null && redis.unit !== 'sold' && redis.owner !== postgres.sold)
    found.push('a sold unit is on sale, or held by another');
  if (postgres.capacity === 0 && redis.unit === 'free' && redis.version === postgres.version)
    found.push('a unit that is out of the stock is on sale');
  return found;
}

/** What must be true once nothing is left to do. */
export function atRest({ postgres, redis, paid }: State): string[] {
  const found: string[] = [];
  for (const buyer of BUYERS) {
    if (paid[buyer] === 'yes' && postgres.rows[buyer] !== 'confirmed')
      found.push('somebody has paid and has neither order nor refund');
  }
  if (redis.unit === 'decided' || redis.unit === 'held' || redis.unit === 'checkout')
    found.push('a unit is held for ever');
  if (redis.unit === 'sold' && postgres.sold === null) found.push('a unit is gone that nobody has bought');
  if (postgres.sold !== null && redis.unit !== 'sold') found.push('an order was never settled');
  if (redis.unit === 'withdrawn' && postgres.capacity === 1) found.push('a unit of the stock is on sale nowhere');
  return found;
}

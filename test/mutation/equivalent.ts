/** A mutant that no test can notice, and why. `line` is the line that it stands in, `change` as the run prints it. */
export interface Equivalent {
  readonly file: string;
  readonly line: string;
  readonly change: string;
  readonly why: string;
}

const NO_BOUND = 'Redis reads an empty bound as 0, and every score is a time';
const NOT_NAMED = 'a line that names no units has an empty list of them, of which none is gone';

export const EQUIVALENT: readonly Equivalent[] = [
  {
    file: 'overdue.lua',
    line: `local ids = redis.call('ZRANGEBYSCORE', QUEUED, '-inf', string.format('%.0f', now), 'LIMIT', 0, tonumber(ARGV[2]))`,
    change: `'-inf' → ''`,
    why: NO_BOUND,
  },
  {
    file: 'fragments/reclaim.lua',
    line: `local ids = redis.call('ZRANGEBYSCORE', DUE, '-inf', number_text(now), 'LIMIT', 0, limit)`,
    change: `'-inf' → ''`,
    why: NO_BOUND,
  },
  {
    file: 'fragments/decide.lua',
    line: 'local gone = line.named and named_gone(line, taken) or {}',
    change: 'line.named and named_gone(line, taken) → (named_gone(line, taken))',
    why: NOT_NAMED,
  },
  {
    file: 'fragments/decide.lua',
    line: 'local gone = line.named and named_gone(line, {}) or {}',
    change: 'line.named and named_gone(line, {}) → (named_gone(line, {}))',
    why: NOT_NAMED,
  },
  {
    file: 'fragments/stock.lua',
    line: 'if sku.low_at ~= sku.cursor then sku.low, sku.low_at = page_as_read(ordinal, sku.cursor), sku.cursor end',
    change: 'sku.low_at ~= sku.cursor → true',
    why: 'a page that has been read is the same table when it is asked for again',
  },
  {
    file: 'fragments/units.lua',
    line: 'if page.taken == 0 then return end',
    change: 'page.taken == 0 → false',
    why: 'a page of which nothing was taken is written with the text that it has',
  },
  {
    file: 'fragments/units.lua',
    line: 'if #page.back == 0 then return end',
    change: '#page.back == 0 → false',
    why: 'a page to which nothing came back is written with the text that it has',
  },
  {
    file: 'fragments/returns.lua',
    line: 'if unit then',
    change: 'unit → false',
    why: 'a list of one unit can be read as a list',
  },
  {
    file: 'fragments/owned.lua',
    line: 'elseif text ~= counts then',
    change: 'text ~= counts → true',
    why: 'what nobody changed is written as it was read',
  },
  ...[
    `change < 0 and owned[customer] == ordinal .. '=' .. number_text(-change) → false`,
    `'=' → ''`,
    '-change → change',
  ].map((change) => ({
    file: 'fragments/owned.lua',
    line: `if change < 0 and owned[customer] == ordinal .. '=' .. number_text(-change) then`,
    change,
    why: 'all that a customer has can be subtracted like a part of it',
  })),
];

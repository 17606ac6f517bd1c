--[[ audit-holds: reads a page of all holds for the audit, and compares each with its deadline and the marks of its units.

KEYS     the sale's, see fragments/sale.lua
ARGV[1]  epoch
ARGV[2]  cursor  of the page; '0' for the first
ARGV[3]  limit   holds to look at, about

Returns {'ok', cursor of the next page ('0': there is none), sequence, count, …}: of the first and the last page count SKUs with
two values each, ordinal and counters (of the others 0), then three values a hold: its id, its record, and what is to be
said of it by spaces: 'pinned' (a pin that reconcile has not seen yet), 'extended' (an extension that Postgres may not
have yet), 'undated', 'dated' (a deadline that is missing, or too many), 'unmarked:ordinal#unit'; or {'no-state'} |
{'stale-epoch'}.
Atomic because a hold, its deadline and its units change together. It writes nothing.
]]
--@include sale
--@include records
--@include units

local _, refusal = read_meta(ARGV[1])
if refusal then return { refusal } end

local function remarks_of(id, hold)
  local said = {}
  local due = redis.call('ZSCORE', DUE, id)
  if hold.state == 'c' then
    if due then said[#said + 1] = 'dated' end
    if redis.call('ZSCORE', PINS, id) then said[#said + 1] = 'pinned' end
  else
    if tonumber(due or '-1') ~= hold.expires_at then said[#said + 1] = 'undated' end
  end
  if redis.call('HEXISTS', ENDED, id .. ':extended') == 1 then said[#said + 1] = 'extended' end
  for ordinal, units in pairs(units_of(hold)) do
    for _, unit in ipairs(units) do
      local page, at = place_of(ordinal, unit)
      if string.sub(page.text, at, at) ~= '0' then said[#said + 1] = 'unmarked:' .. ordinal .. '#' .. unit end
    end
  end
  return table.concat(said, ' ')
end

local holds, cursor = {}, ARGV[2]
-- A page of HSCAN may be empty: small sales are read in one call, and so of one moment.
repeat
  local page = redis.call('HSCAN', HOLDS, cursor, 'COUNT', ARGV[3])
  cursor = page[1]
  for i = 1, #page[2], 2 do
    local hold = unpack_hold(page[2][i + 1])
    holds[#holds + 1] = page[2][i]
    holds[#holds + 1] = page[2][i + 1]
    holds[#holds + 1] = hold.state and remarks_of(page[2][i], hold) or 'unreadable'
  end
until cursor == '0' or #holds >= 3 * tonumber(ARGV[3])

local stock = (ARGV[2] == '0' or cursor == '0') and redis.call('HGETALL', STOCK) or {}
local reply = { 'ok', cursor, redis.call('HGET', META, 'sequence') or '0', #stock / 2 }
for _, value in ipairs(stock) do reply[#reply + 1] = value end
for _, value in ipairs(holds) do reply[#reply + 1] = value end
return reply

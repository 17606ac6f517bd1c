--[[ audit-sku: reads a SKU's counters and some of its pages of units for the audit.

KEYS     the sale's, see fragments/sale.lua
ARGV[1]  epoch
ARGV[2]  ordinal
ARGV[3]  first  page
ARGV[4]  count  pages at most

Returns {'ok', sequence, counters ('': there are none), …} with two values a page: its units, and its units that are noted as
withdrawn ('' for none); or {'no-state'} | {'stale-epoch'}.
Atomic because pages and counters of one moment agree. Where sequence and counters are the same in two calls, so are the
pages: taking a unit raises the sequence. It writes nothing.
]]
--@include sale
--@include units

local _, refusal = read_meta(ARGV[1])
if refusal then return { refusal } end
local counters = redis.call('HGET', STOCK, ARGV[2]) or ''
local reply = { 'ok', redis.call('HGET', META, 'sequence') or '0', counters }
local first = tonumber(ARGV[3])
local last = math.min(first + tonumber(ARGV[4]), math.ceil((tonumber(string.match(counters, '^%d+')) or 0) / PAGE)) - 1
for number = first, last do
  local field = ARGV[2] .. ':' .. number
  reply[#reply + 1] = redis.call('HGET', UNITS, field) or ''
  reply[#reply + 1] = redis.call('HGET', WITHDRAWN, field) or ''
end
return reply

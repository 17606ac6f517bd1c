--[[ expire: gives back holds whose deadline has passed.

KEYS     the sale's, see fragments/sale.lua
ARGV[1]  epoch
ARGV[2]  limit  holds at most

Returns {'ok', 0}, or {'ok', units, now, …}: how many units were given back and when, then two values a hold: its id and
its deadline; or {'no-state'} | {'stale-epoch'}.
Atomic because an expiry, a release and a pin of one hold have one winner.
]]
--@include sale
--@include records
--@include units
--@include owned
--@include stock
--@include returns
--@include reclaim

local meta, refusal = read_meta(ARGV[1])
if refusal then return { refusal } end
local now = read_clock(meta)
local ids, deadlines = reclaim(now, tonumber(ARGV[2]))
if #ids == 0 then return { 'ok', 0 } end
write_returns()
redis.call('HSET', META, 'last', now)
local reply = { 'ok', units_returned, now }
for i, id in ipairs(ids) do
  reply[#reply + 1] = id
  reply[#reply + 1] = deadlines[i]
end
return reply

--[[ expire: gives back holds whose deadline has passed.

KEYS     the sale's, see fragments/sale.lua
ARGV[1]  epoch
ARGV[2]  limit  holds at most

Returns {'ok', id, …}: the holds that were given back; or {'no-state'} | {'stale-epoch'}.
Atomic because an expiry, a release and a pin of one hold have one winner.
]]
--@include sale
--@include records
--@include units
--@include stock
--@include returns

local meta, refusal = read_meta(ARGV[1])
if refusal then return { refusal } end
local now = read_clock(meta)
local ids = reclaim(now, tonumber(ARGV[2]))
if #ids == 0 then return { 'ok' } end
write_returns()
redis.call('HSET', META, 'last', now)
return { 'ok', unpack(ids) }

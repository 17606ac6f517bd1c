--[[ expire: gives back holds whose deadline has passed.

KEYS     the sale's, see fragments/sale.lua
ARGV[1]  epoch
ARGV[2]  limit  holds at most

Returns {'ok', units, …}: how many units were given back, then two values a hold: its id, and how many milliseconds past
its deadline it was; or {'no-state'} | {'stale-epoch'}.
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
local due = redis.call('ZRANGEBYSCORE', DUE, '-inf', string.format('%.0f', now), 'WITHSCORES', 'LIMIT', 0, tonumber(ARGV[2]))
if #due == 0 then return { 'ok', 0 } end
reclaim(now, tonumber(ARGV[2]))
write_returns()
redis.call('HSET', META, 'last', now)
local reply = { 'ok', units_returned }
for i = 1, #due, 2 do
  reply[#reply + 1] = due[i]
  reply[#reply + 1] = string.format('%.0f', now - due[i + 1])
end
return reply

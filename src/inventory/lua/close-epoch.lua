--[[ close-epoch: ends the open epoch of a sale before a newer one is built, so that nothing more is decided or settled in it.

KEYS     the sale's, see fragments/sale.lua
ARGV[1]  epoch  the one to be built

Returns {'closed'} | {'older'}: that epoch or a newer one is open already.
Atomic because only an older epoch may be ended; one that is still being written somewhere may not be opened any more.
]]
local open = redis.call('HGET', KEYS[1], 'epoch')
if open and tonumber(open) >= tonumber(ARGV[1]) then return { 'older' } end
if open then
  redis.call('HSET', KEYS[1], 'closed', open)
  redis.call('HDEL', KEYS[1], 'epoch')
end
redis.call('HSET', KEYS[1], 'next', ARGV[1])
return { 'closed' }

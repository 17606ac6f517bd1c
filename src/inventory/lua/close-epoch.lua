--[[ close-epoch: ends the open epoch of a sale before a newer one is built, so that nothing more is decided or settled in it.

KEYS     the sale's, see fragments/sale.lua
ARGV[1]  epoch  the one to be built

Returns {'closed'} | {'older'}: that epoch or a newer one is open already.
Atomic because only an older epoch may be ended.
]]
local open = redis.call('HGET', KEYS[1], 'epoch')
if not open then return { 'closed' } end
if tonumber(open) >= tonumber(ARGV[1]) then return { 'older' } end
redis.call('HSET', KEYS[1], 'closed', open)
redis.call('HDEL', KEYS[1], 'epoch')
return { 'closed' }

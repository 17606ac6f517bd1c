--[[ open-epoch: makes a rebuilt epoch the one that scripts work on; the last step of a rebuild.

KEYS     the sale's, see fragments/sale.lua
ARGV[1]  epoch
ARGV[2…] fields  of meta, two each: name, value

Returns {'opened', the epoch before ('' for none)} | {'older'}: a newer epoch is open, this rebuild lost.
Atomic because a paused rebuild must not put an old epoch over a newer one.
]]
local before = redis.call('HGET', KEYS[1], 'epoch') or ''
if before ~= '' and tonumber(before) >= tonumber(ARGV[1]) then return { 'older' } end
redis.call('DEL', KEYS[1])
redis.call('HSET', KEYS[1], 'epoch', ARGV[1], unpack(ARGV, 2))
return { 'opened', before }

--[[ open-epoch: makes a rebuilt epoch the one that scripts work on; the last step of a rebuild.

KEYS     the sale's, see fragments/sale.lua
ARGV[1]  epoch
ARGV[2]  stock  fields written
ARGV[3]  units  pages written
ARGV[4]  holds  records written
ARGV[5]  restocked  notes written
ARGV[6]  notes  pages of withdrawals noted
ARGV[7…] fields  of meta, two each: name, value

Returns {'opened', the epoch before ('' for none)} | {'older'}: a newer epoch is open or being built, this rebuild lost | {'incomplete'}: some
of what was written is gone, so Redis lost data meanwhile.
Atomic because a paused rebuild must not put an old epoch over a newer one.
]]
local before = redis.call('HGET', KEYS[1], 'epoch') or ''
if before ~= '' and tonumber(before) >= tonumber(ARGV[1]) then return { 'older' } end
-- A newer rebuild has read Postgres already: what was told to this epoch from here on, that one would not know of.
if tonumber(redis.call('HGET', KEYS[1], 'next') or '0') > tonumber(ARGV[1]) then return { 'older' } end
-- Closed by this rebuild, or by one that died before it opened its own.
local last = before ~= '' and before or redis.call('HGET', KEYS[1], 'closed') or ''
local written = { [9] = ARGV[2], [10] = ARGV[3], [6] = ARGV[4], [13] = ARGV[5], [14] = ARGV[6] }
for key, count in pairs(written) do
  if redis.call('HLEN', KEYS[key]) ~= tonumber(count) then return { 'incomplete' } end
end
redis.call('DEL', KEYS[1])
redis.call('HSET', KEYS[1], 'epoch', ARGV[1], unpack(ARGV, 7))
return { 'opened', last }

--[[ configure: puts the settings of a sale where the scripts read them.

KEYS     the sale's, see fragments/sale.lua
ARGV[1]  epoch
ARGV[2]  revision  of the sale's row; an older one than the last applied is refused
ARGV[3…] settings  two each: name, value

Returns {'ok'} | {'older'}; or {'no-state'} | {'stale-epoch'}.
Atomic because two changes that cross must leave the newer one.
]]
--@include sale

local _, refusal = read_meta(ARGV[1])
if refusal then return { refusal } end
local applied = tonumber(redis.call('HGET', META, 'revision') or '0')
if tonumber(ARGV[2]) < applied then return { 'older' } end
redis.call('HSET', META, 'revision', ARGV[2], unpack(ARGV, 3))
return { 'ok' }

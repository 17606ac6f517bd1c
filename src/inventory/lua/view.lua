--[[ view: reads reservations as they are now.

KEYS     the sale's, see fragments/sale.lua
ARGV[1]  epoch
ARGV[2…] ids

Returns {'ok', now, …} with two values an id: its request record and its hold record, '' where there is none; or
{'no-state'} | {'stale-epoch'}.
Atomic because both records and the clock must be of one moment.
]]
--@include sale

local meta, refusal = read_meta(ARGV[1])
if refusal then return { refusal } end
local reply = { 'ok', string.format('%.0f', read_clock(meta)) }
for i = 2, #ARGV do
  reply[#reply + 1] = redis.call('HGET', REQUESTS, ARGV[i]) or ''
  reply[#reply + 1] = redis.call('HGET', HOLDS, ARGV[i]) or ''
end
return reply

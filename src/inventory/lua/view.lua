--[[ view: reads reservations as they are now.

KEYS     the sale's, see fragments/sale.lua
ARGV[1]  epoch
ARGV[2…] ids

Returns {'ok', now, …} with two values an id: its request record and its hold record, '' where there is none; or
{'no-state'} | {'stale-epoch'}.
Atomic because both records and the clock must be of one moment.
]]
--@include sale
--@include records

local meta, refusal = read_meta(ARGV[1])
if refusal then return { refusal } end
local reply = { 'ok', string.format('%.0f', read_clock(meta)) }
for i = 2, #ARGV do
  local hold = redis.call('HGET', HOLDS, ARGV[i])
  reply[#reply + 1] = request_of(ARGV[i], hold) or ''
  reply[#reply + 1] = hold or ''
end
return reply

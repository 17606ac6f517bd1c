--[[ audit-ended: says of reservations that Postgres has as live what Redis knows of them.

KEYS     the sale's, see fragments/sale.lua
ARGV[1]  epoch
ARGV[2…] ids

Returns {'ok', …} with a word an id: 'held' (it has a hold) | 'ended' (it ended here, and Postgres may not have it yet) | 'gone';
or {'no-state'} | {'stale-epoch'}.
Atomic because a hold that ends leaves its note in the same step. It writes nothing.
]]
--@include sale

local _, refusal = read_meta(ARGV[1])
if refusal then return { refusal } end
local reply = { 'ok' }
for i = 2, #ARGV do
  local held = redis.call('HEXISTS', HOLDS, ARGV[i]) == 1
  local ended = redis.call('HEXISTS', ENDED, ARGV[i]) == 1
  reply[#reply + 1] = held and 'held' or ended and 'ended' or 'gone'
end
return reply

--[[ void: gives back the units of holds that Postgres has ended.

KEYS     the sale's, see fragments/sale.lua
ARGV[1]  epoch
ARGV[2…] holds  three each: id, status in Postgres ('released' | 'expired'), its version

Returns {'ok', …} with a word a hold: 'voided' | 'gone' (given back before); or {'no-state'} | {'stale-epoch'}.
Atomic because units, counters and the record change together. A version at or below the hold's is refused as 'gone'.
]]
--@include sale
--@include records
--@include units
--@include owned
--@include stock
--@include returns

local meta, refusal = read_meta(ARGV[1])
if refusal then return { refusal } end
local now = read_clock(meta)

local reply = { 'ok' }
for i = 2, #ARGV, 3 do
  local id, text = ARGV[i], redis.call('HGET', HOLDS, ARGV[i])
  local hold = text and unpack_hold(text)
  if hold and hold.version < tonumber(ARGV[i + 2]) then
    give_back(id, hold)
    close_request(id, ARGV[i + 1], tonumber(ARGV[i + 2]))
    reply[#reply + 1] = 'voided'
  else
    reply[#reply + 1] = 'gone'
  end
end
write_returns()
redis.call('HSET', META, 'last', now)
return reply

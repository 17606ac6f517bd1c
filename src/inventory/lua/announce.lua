--[[ announce: lets readers see holds that Postgres has journalled.

KEYS     the sale's, see fragments/sale.lua
ARGV[1]  epoch
ARGV[2…] holds  two each: id, version as journalled

Returns {'ok', …} with a word a hold: 'held' | 'expired' (its deadline passed meanwhile; its units are back) | 'gone'
(released, or not of this version); or {'no-state'} | {'stale-epoch'}.
Atomic because announcing decides against the deadline: before it a reader, a pin or an extension finds nothing held.
]]
--@include sale
--@include records
--@include units
--@include stock
--@include returns

local meta, refusal = read_meta(ARGV[1])
if refusal then return { refusal } end
local now = read_clock(meta)

local reply, announced, ids = { 'ok' }, {}, {}
for i = 2, #ARGV, 2 do
  local id, text = ARGV[i], redis.call('HGET', HOLDS, ARGV[i])
  local hold = text and unpack_hold(text)
  if not hold or hold.version ~= tonumber(ARGV[i + 1]) then
    reply[#reply + 1] = 'gone'
  elseif hold.state ~= 'd' then
    reply[#reply + 1] = 'held'
  elseif now >= hold.expires_at then
    expire_hold(id, hold, now)
    reply[#reply + 1] = 'expired'
  else
    hold.state = 'h'
    announced[#announced + 1] = id
    announced[#announced + 1] = pack_hold(hold)
    ids[#ids + 1] = id
    reply[#reply + 1] = 'held'
  end
end
call_in_chunks('HSET', HOLDS, announced)
call_in_chunks('ZREM', QUEUED, ids)
write_returns()
redis.call('HSET', META, 'last', now)
return reply

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
--@include owned
--@include stock
--@include returns

local meta, refusal = read_meta(ARGV[1])
if refusal then return { refusal } end
local now = read_clock(meta)

local reply, announced, told, ids = { 'ok' }, {}, {}, {}
for i = 2, #ARGV, 2 do ids[#ids + 1] = ARGV[i] end
local texts = #ids > 0 and redis.call('HMGET', HOLDS, unpack(ids)) or {}
for i, id in ipairs(ids) do
  local text = texts[i]
  local state, version, expires_at = string.match(text or '', '^(.)\n(%d+)\n%d+\n%d+\n(%d+)\n')
  if not text or tonumber(version) ~= tonumber(ARGV[i * 2 + 1]) then
    reply[#reply + 1] = 'gone'
  elseif state ~= 'd' then
    reply[#reply + 1] = 'held'
  elseif now >= tonumber(expires_at) then
    expire_hold(id, unpack_hold(text), now)
    reply[#reply + 1] = 'expired'
  else
    announced[#announced + 1] = id
    -- The state is the record's first letter; taking the record apart for it took half of this script.
    announced[#announced + 1] = 'h' .. string.sub(text, 2)
    told[#told + 1] = id
    reply[#reply + 1] = 'held'
  end
end
write_returns()
call_in_chunks('HSET', HOLDS, announced)
call_in_chunks('ZREM', QUEUED, told)
redis.call('HSET', META, 'last', now)
return reply

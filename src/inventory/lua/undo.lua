--[[ undo: takes back decided holds that Postgres refused to journal.

KEYS     the sale's, see fragments/sale.lua
ARGV[1]  epoch
ARGV[2…] holds  three each: id, version, why: 'queue-timeout' (the deadline passed before the journal) or 'row' (Postgres
         has another row under this id, and that row answers) | 'internal' (Postgres cannot store it)

Returns {'ok', …} with a word a hold: 'undone' | 'gone'; or {'no-state'} | {'stale-epoch'}.
Atomic because units, counters and the record change together.
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

local reply, forgotten = { 'ok' }, {}
for i = 2, #ARGV, 3 do
  local id, text = ARGV[i], redis.call('HGET', HOLDS, ARGV[i])
  local hold = text and unpack_hold(text)
  if hold and hold.state == 'd' and hold.version == tonumber(ARGV[i + 1]) then
    give_back(id, hold)
    if ARGV[i + 2] == 'row' then
      forgotten[#forgotten + 1] = id
    else
      close_request(id, 'rejected', hold.version + 1, ARGV[i + 2])
    end
    reply[#reply + 1] = 'undone'
  else
    reply[#reply + 1] = 'gone'
  end
end
write_returns()
call_in_chunks('HDEL', REQUESTS, forgotten)
redis.call('HSET', META, 'last', now)
return reply

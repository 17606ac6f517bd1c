--[[ overdue: ends requests that waited longer than the sale's queue timeout.

KEYS     the sale's, see fragments/sale.lua
ARGV[1]  epoch
ARGV[2]  limit  requests at most

Returns {'ok', …} with two values a request: 'rejected' or 'stranded' (decided, but its job is gone: to be queued again),
then its id; or {'no-state'} | {'stale-epoch'}.
Atomic because a decision and the timeout have one winner.
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

local reply, over, again = { 'ok' }, {}, {}
local ids = redis.call('ZRANGEBYSCORE', QUEUED, '-inf', string.format('%.0f', now), 'LIMIT', 0, tonumber(ARGV[2]))
for _, id in ipairs(ids) do
  local text = redis.call('HGET', REQUESTS, id)
  if redis.call('HEXISTS', HOLDS, id) == 1 then
    again[#again + 1] = string.format('%.0f', now + meta.queueTimeoutMs)
    again[#again + 1] = id
    reply[#reply + 1] = 'stranded'
    reply[#reply + 1] = id
  else
    over[#over + 1] = id
    if text and unpack_request(text).status == 'queued' then
      close_request(id, 'rejected', 2, 'queue-timeout')
      reply[#reply + 1] = 'rejected'
      reply[#reply + 1] = id
    end
  end
end
call_in_chunks('ZADD', QUEUED, again)
call_in_chunks('ZREM', QUEUED, over)
write_returns()
return reply

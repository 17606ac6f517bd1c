--[[ accept: writes the request records of a batch, or returns those that exist.

KEYS     the sale's, see fragments/sale.lua
ARGV[1]  epoch
ARGV[2…] commands  seven each: id, customer, mode, fingerprint, lines, request id, metadata

Returns {'ok', …} with three values a command: 'queued' and queuedAt and '', or 'known' and the request record and the
hold record ('' where there is none); or {'no-state'} | {'stale-epoch'}.
Atomic because two requests with one id must meet one record.
]]
--@include sale
--@include records

local meta, refusal = read_meta(ARGV[1])
if refusal then return { refusal } end
local now = read_clock(meta)
local KEPT_PER_CUSTOMER = 50

local reply, requests, overdue, indexes, fresh = { 'ok' }, {}, {}, {}, {}
for i = 2, #ARGV, 7 do
  local id, customer = ARGV[i], ARGV[i + 1]
  local hold = redis.call('HGET', HOLDS, id)
  local known = fresh[id] or request_of(id, hold)
  if known then
    reply[#reply + 1] = 'known'
    reply[#reply + 1] = known
    reply[#reply + 1] = hold or ''
  else
    local at = string.format('%.0f', now)
    fresh[id] = table.concat({ 'queued', 1, '-', customer, ARGV[i + 2], ARGV[i + 3], at, ARGV[i + 4], ARGV[i + 5], ARGV[i + 6] }, '\n')
    requests[#requests + 1] = id
    requests[#requests + 1] = fresh[id]
    overdue[#overdue + 1] = string.format('%.0f', now + meta.queueTimeoutMs)
    overdue[#overdue + 1] = id
    local index = indexes[customer] or redis.call('HGET', CUSTOMER_REQUESTS, customer)
    index = index and (index .. ' ' .. id) or id
    -- Ids have one length, so the newest 50 are a tail of the text.
    indexes[customer] = string.sub(index, -(KEPT_PER_CUSTOMER * (#id + 1) - 1))
    reply[#reply + 1] = 'queued'
    reply[#reply + 1] = at
    reply[#reply + 1] = ''
  end
end

local customers = {}
for customer, index in pairs(indexes) do
  customers[#customers + 1] = customer
  customers[#customers + 1] = index
end
call_in_chunks('HSET', REQUESTS, requests)
call_in_chunks('ZADD', QUEUED, overdue)
call_in_chunks('HSET', CUSTOMER_REQUESTS, customers)
redis.call('HSET', META, 'last', now)
return reply

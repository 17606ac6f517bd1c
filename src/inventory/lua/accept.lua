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

-- Read together: a command for each request takes 1 µs, and there were three.
local ids, customers = {}, {}
for i = 2, #ARGV, 7 do
  ids[#ids + 1] = ARGV[i]
  customers[#customers + 1] = ARGV[i + 1]
end
local hold_records = redis.call('HMGET', HOLDS, unpack(ids))
local request_records = redis.call('HMGET', REQUESTS, unpack(ids))
local index_records = redis.call('HMGET', CUSTOMER_REQUESTS, unpack(customers))

local reply, requests, overdue, indexes, fresh = { 'ok' }, {}, {}, {}, {}
local at, overdue_at = number_text(now), number_text(now + meta.queueTimeoutMs)
for k, id in ipairs(ids) do
  local i, customer, hold = k * 7 - 5, customers[k], hold_records[k]
  local known = fresh[id] or (request_records[k] and request_of(id, hold))
  if known then
    reply[#reply + 1] = 'known'
    reply[#reply + 1] = known
    reply[#reply + 1] = hold or ''
  else
    fresh[id] = table.concat({ 'queued', 1, '-', customer, ARGV[i + 2], ARGV[i + 3], at, ARGV[i + 4], ARGV[i + 5], ARGV[i + 6] }, '\n')
    requests[#requests + 1] = id
    requests[#requests + 1] = fresh[id]
    overdue[#overdue + 1] = overdue_at
    overdue[#overdue + 1] = id
    local index = indexes[customer] or index_records[k]
    index = index and (index .. ' ' .. id) or id
    -- Ids have one length, so the newest 50 are a tail of the text.
    indexes[customer] = string.sub(index, -(KEPT_PER_CUSTOMER * (#id + 1) - 1))
    reply[#reply + 1] = 'queued'
    reply[#reply + 1] = at
    reply[#reply + 1] = ''
  end
end

local index_texts = {}
for customer, index in pairs(indexes) do
  index_texts[#index_texts + 1] = customer
  index_texts[#index_texts + 1] = index
end
call_in_chunks('HSET', REQUESTS, requests)
call_in_chunks('ZADD', QUEUED, overdue)
call_in_chunks('HSET', CUSTOMER_REQUESTS, index_texts)
redis.call('HSET', META, 'last', now)
return reply

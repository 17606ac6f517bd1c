--[[ forget: removes the records of requests that are over and older than they are kept, a page of them a call.

KEYS     the sale's, see fragments/sale.lua
ARGV[1]  epoch
ARGV[2]  cursor  of the page; '0' for the first
ARGV[3]  age     in ms since a request was queued, from which on it is forgotten
ARGV[4]  limit   records to look at, about

Returns {'ok', cursor of the next page ('0': there is none), records looked at, records removed}; or {'no-state'} |
{'stale-epoch'}.
Atomic because a request that is undecided or held must not be forgotten, whatever happens to it meanwhile.
]]
--@include sale
--@include records

local meta, refusal = read_meta(ARGV[1])
if refusal then return { refusal } end
local until_at = read_clock(meta) - tonumber(ARGV[3])

local page = redis.call('HSCAN', REQUESTS, ARGV[2], 'COUNT', ARGV[4])
local ids, customers = {}, {}
for i = 1, #page[2], 2 do
  local request = unpack_request(page[2][i + 1])
  if request.queued_at <= until_at then
    ids[#ids + 1] = page[2][i]
    customers[#customers + 1] = request.customer
  end
end
if #ids == 0 then return { 'ok', page[1], #page[2] / 2, 0 } end

local holds = redis.call('HMGET', HOLDS, unpack(ids))
local waiting = redis.call('ZMSCORE', QUEUED, unpack(ids))
local indexes = redis.call('HMGET', CUSTOMER_REQUESTS, unpack(customers))
local gone, rest = {}, {}
for i, id in ipairs(ids) do
  if not holds[i] and not waiting[i] then
    gone[#gone + 1] = id
    -- Ids have no character that a pattern would take for anything else but the hyphen.
    local index = rest[customers[i]] or indexes[i] or ''
    rest[customers[i]] = string.gsub(index, string.gsub(id, '%-', '%%-') .. ' ?', '')
  end
end

local shorter, empty = {}, {}
for customer, index in pairs(rest) do
  local text = string.gsub(index, ' $', '')
  if text == '' then
    empty[#empty + 1] = customer
  else
    shorter[#shorter + 1] = customer
    shorter[#shorter + 1] = text
  end
end
call_in_chunks('HDEL', REQUESTS, gone)
call_in_chunks('HDEL', CUSTOMER_REQUESTS, empty)
call_in_chunks('HSET', CUSTOMER_REQUESTS, shorter)
return { 'ok', page[1], #page[2] / 2, #gone }

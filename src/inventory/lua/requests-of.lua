--[[ requests-of: the records of some customers' requests, among a page of all records a call.

KEYS     the sale's, see fragments/sale.lua
ARGV[1]  epoch
ARGV[2]  cursor     of the page; '0' for the first
ARGV[3]  limit      records to look at, about
ARGV[4…] customers

Returns {'ok', cursor of the next page ('0': there is none), …} with three values a request: its id, its request record and
its hold record ('' where there is none); or {'no-state'} | {'stale-epoch'}. A request may come again on a later page.
Atomic because both records must be of one moment.
]]
--@include sale
--@include records

local _, refusal = read_meta(ARGV[1])
if refusal then return { refusal } end
local wanted = {}
for i = 4, #ARGV do wanted[ARGV[i]] = true end

local page = redis.call('HSCAN', REQUESTS, ARGV[2], 'COUNT', ARGV[3])
local reply = { 'ok', page[1] }
for i = 1, #page[2], 2 do
  local id = page[2][i]
  if wanted[unpack_request(page[2][i + 1]).customer] then
    local hold = redis.call('HGET', HOLDS, id)
    reply[#reply + 1] = id
    reply[#reply + 1] = request_of(id, hold)
    reply[#reply + 1] = hold or ''
  end
end
return reply

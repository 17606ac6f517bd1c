--[[ erase: puts a pseudonym in a customer's place, in the counts of units and in a page of all records a call.

KEYS     the sale's, see fragments/sale.lua
ARGV[1]  epoch
ARGV[2]  cursor     of the page; '0' for the first
ARGV[3]  limit      records to look at, about
ARGV[4]  customer
ARGV[5]  pseudonym

Returns {'ok', cursor of the next page ('0': there is none), records changed} | {'busy', id, …}: requests of the customer
that are undecided or held, and nothing was changed; or {'no-state'} | {'stale-epoch'}.
Atomic because what a customer owns and who owns it must change together; a hold never changes hands.
]]
--@include sale
--@include records
--@include units
--@include owned
--@include stock

local _, refusal = read_meta(ARGV[1])
if refusal then return { refusal } end
local customer, pseudonym = ARGV[4], ARGV[5]
local KEPT_PER_CUSTOMER = 50

local page = redis.call('HSCAN', REQUESTS, ARGV[2], 'COUNT', ARGV[3])
local index = redis.call('HGET', CUSTOMER_REQUESTS, customer)
local busy = { 'busy' }
local function look(id)
  if redis.call('HEXISTS', HOLDS, id) == 1 or redis.call('ZSCORE', QUEUED, id) then busy[#busy + 1] = id end
end

-- Why a hold ended or lasts longer is told in somebody's words: what Postgres has not been told yet goes without them.
local wordless = {}
local function drop_words(field, note)
  local kept = string.match(redis.call('HGET', ENDED, field) or '', note)
  if not kept then return end
  wordless[#wordless + 1] = field
  wordless[#wordless + 1] = kept
end

local changed = {}
for i = 1, #page[2], 2 do
  local request = unpack_request(page[2][i + 1])
  if request.customer == customer then
    look(page[2][i])
    -- No body has this fingerprint: a repeat of the key is refused, and never meets what is somebody else's now.
    request.rest = table.concat({ pseudonym, request.mode, 'erased', string.format('%.0f', request.queued_at),
      request.lines, '', '' }, '\n')
    changed[#changed + 1] = page[2][i]
    changed[#changed + 1] = pack_request(request)
    drop_words(page[2][i], '^(%w+ %d+ %d+ %S+ ).')
    drop_words(page[2][i] .. ':extended', '^(%d+ %S+ ).')
  end
end
for id in string.gmatch(index or '', '%S+') do look(id) end
if #busy > 1 then return busy end

-- The first call that finds nothing held takes the counts along, and every other finds none.
for ordinal, count in pairs(owned_by(customer).by) do
  count_owned(pseudonym, ordinal, count)
  count_owned(customer, ordinal, -count)
end
if index then
  local joined = (redis.call('HGET', CUSTOMER_REQUESTS, pseudonym) or '') .. ' ' .. index
  local id = string.match(index, '%S+')
  redis.call('HSET', CUSTOMER_REQUESTS, pseudonym, (string.gsub(string.sub(joined, -(KEPT_PER_CUSTOMER * (#id + 1) - 1)), '^ ', '')))
  redis.call('HDEL', CUSTOMER_REQUESTS, customer)
end
call_in_chunks('HSET', REQUESTS, changed)
call_in_chunks('HSET', ENDED, wordless)
write_stock()
return { 'ok', page[1], #changed / 2 }

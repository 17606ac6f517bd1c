--[[ hold: decides a batch of queued requests of one sale; readers still see them queued until announce.

KEYS     the sale's, see fragments/sale.lua
ARGV[1]  epoch
ARGV[2…] ids  the requests, in order of arrival

Returns {'ok', …} with three values a request:
  'decided' hold request: held now, or by an earlier run of this job; to be journalled, then announced
  'standing' hold request: announced before
  'refused' '' request: rejected now; the record says why
  'ended' '' request: decided before and over, or withdrawn while queued
  'unknown' '' '': no record
or {'reclaimed'}: due holds were given back first, call again; or {'no-state'} | {'stale-epoch'}.
Atomic because a decision reads stock and limits and takes from both; validated first, written at the end.
]]
--@include sale
--@include records
--@include units
--@include owned
--@include stock
--@include returns
--@include reclaim
--@include refusals
--@include lines
--@include decide
--@include due-first

local ids = {}
for i = 2, #ARGV do ids[#ids + 1] = ARGV[i] end
local request_records = redis.call('HMGET', REQUESTS, unpack(ids))
local hold_records = redis.call('HMGET', HOLDS, unpack(ids))
local waiting = redis.call('ZMSCORE', QUEUED, unpack(ids))
local sale_status = status_at(meta, now)
local sequence = meta.sequence

local reply, holds, deadlines, decided, rejected, seen = { 'ok' }, {}, {}, {}, {}, {}
local function answer(word, hold, request)
  reply[#reply + 1] = word
  reply[#reply + 1] = hold
  reply[#reply + 1] = request
end

-- Writes down a new hold of this batch; later requests of the batch see its units gone.
local function keep(id, request, lines)
  sequence = sequence + 1
  local hold = { state = 'd', version = 2, sequence = sequence, held_at = now, expires_at = now + meta.holdTtlMs,
    extensions = 0, checkout_expires_at = 0, customer = request.customer, lines = lines }
  fresh_holds[id], fresh_end = hold, hold.expires_at
  holds[#holds + 1] = id
  holds[#holds + 1] = pack_hold(hold)
  deadlines[#deadlines + 1] = number_text(hold.expires_at)
  deadlines[#deadlines + 1] = id
  return holds[#holds]
end

local requests, customers = {}, {}
for i, record in ipairs(request_records) do
  if record and not hold_records[i] then
    requests[i] = unpack_request(record)
    customers[#customers + 1] = requests[i].customer
  end
end
read_owned(customers)

for i, id in ipairs(ids) do
  local record, hold_record = request_records[i], hold_records[i]
  if seen[id] then
    answer('ended', '', record or '')
  elseif hold_record then
    answer(string.sub(hold_record, 1, 1) == 'd' and 'decided' or 'standing', hold_record, record or '')
  elseif not record then
    answer('unknown', '', '')
  else
    local request = requests[i]
    if request.status ~= 'queued' or not waiting[i] then
      answer('ended', '', record)
    else
      local lines, why = decide(meta, sale_status, now, request)
      if lines then
        answer('decided', keep(id, request, lines), record)
      else
        request.status, request.version, request.rejection = 'rejected', 2, why
        rejected[#rejected + 1] = id
        rejected[#rejected + 1] = pack_request(request)
        decided[#decided + 1] = id
        answer('refused', '', rejected[#rejected])
      end
    end
  end
  seen[id] = true
end

write_stock()
call_in_chunks('HSET', HOLDS, holds)
call_in_chunks('ZADD', DUE, deadlines)
call_in_chunks('HSET', REQUESTS, rejected)
call_in_chunks('ZREM', QUEUED, decided)
redis.call('HSET', META, 'last', now, 'sequence', sequence)
return reply

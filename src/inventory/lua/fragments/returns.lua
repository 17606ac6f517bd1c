-- The one place where units go back on sale: expiry, release, void, undo and restock all end here, and a line of waiting
-- customers will be served here. Nothing is written until write_returns.
local returned, request_texts, ended_texts, units_returned = {}, {}, {}, 0

-- Records that many ends need, read in one command: one each took a microsecond, and a sweep ends 500 holds.
local requests_read = {}
local function read_requests(ids)
  for i, text in ipairs(redis.call('HMGET', REQUESTS, unpack(ids))) do requests_read[ids[i]] = text end
end

-- The request's record follows its reservation to a final state. A record that went with Redis stays gone.
local function close_request(id, status, version, rejection)
  if requests_read[id] == nil then read_requests({ id }) end
  if not requests_read[id] then return end
  local rejected, rest = string.match(requests_read[id], '^[^\n]*\n[^\n]*\n([^\n]*)\n(.*)$')
  request_texts[#request_texts + 1] = id
  request_texts[#request_texts + 1] = pack_request({ status = status, version = version,
    rejection = rejection or rejected, rest = rest })
end

-- from: the counter that has counted the units, 'held' | 'checkout' | 'sold'.
local function return_units(customer, ordinal, units, from)
  local sku = sku_of(ordinal)
  if sku[from] < #units then error('drift: more units go back than are counted') end
  for _, unit in ipairs(units) do
    if sku.excess > 0 then
      -- The capacity is on its way down: this unit was waited for.
      set_aside(ordinal, unit, '0', '-')
      sku.excess, sku.capacity = sku.excess - 1, sku.capacity - 1
    else
      local page, at = place_of(ordinal, unit)
      mark(page, at, '0', '1')
      sku.cursor = math.min(sku.cursor, math.floor((unit - 1) / PAGE))
      sku.available = sku.available + 1
    end
  end
  sku[from] = sku[from] - #units
  units_returned = units_returned + #units
  count_owned(customer, ordinal, -#units)
end

local function give_back(id, hold)
  local from = hold.state == 'c' and 'checkout' or 'held'
  for ordinal, units in pairs(units_of(hold)) do return_units(hold.customer, ordinal, units, from) end
  returned[#returned + 1] = id
end

-- Postgres learns of it from here, should whoever asked die before writing it, or a sweep be quicker.
local function note_ended(id, status, version, now, by)
  ended_texts[#ended_texts + 1] = id
  ended_texts[#ended_texts + 1] = noted_by(status .. ' ' .. version .. ' ' .. string.format('%.0f', now), by)
end

local function write_returns()
  call_in_chunks('HDEL', HOLDS, returned)
  call_in_chunks('ZREM', DUE, returned)
  call_in_chunks('ZREM', PINS, returned)
  call_in_chunks('ZREM', QUEUED, returned)
  call_in_chunks('HSET', REQUESTS, request_texts)
  call_in_chunks('HSET', ENDED, ended_texts)
  write_stock()
end

-- A decided hold that nobody was told of ends as a request that waited too long; a told one expires.
local function expire_hold(id, hold, now)
  give_back(id, hold)
  note_ended(id, 'expired', hold.version + 1, now)
  if hold.state == 'd' then
    close_request(id, 'rejected', hold.version + 1, 'queue-timeout')
  else
    close_request(id, 'expired', hold.version + 1)
  end
end

-- Gives back what is due, at most `limit` holds, and returns their ids.
local function reclaim(now, limit)
  local ids = redis.call('ZRANGEBYSCORE', DUE, '-inf', string.format('%.0f', now), 'LIMIT', 0, limit)
  if #ids == 0 then return ids end
  local holds, customers = {}, {}
  for i, text in ipairs(redis.call('HMGET', HOLDS, unpack(ids))) do
    if not text then error('drift: a deadline without a hold') end
    holds[i] = unpack_hold(text)
    customers[i] = holds[i].customer
  end
  read_owned(customers)
  read_requests(ids)
  for i, hold in ipairs(holds) do expire_hold(ids[i], hold, now) end
  return ids
end

-- The one place where units go back on sale: expiry, release, void, undo and restock all end here, and a line of waiting
-- customers will be served here. Nothing is written until write_returns.
local returned, dated, pinned, waiting = {}, {}, {}, {}
local request_texts, ended_texts, units_returned = {}, {}, 0

-- Records that many ends need, read in one command: one each took a microsecond, and a sweep ends 500 holds.
local requests_read = {}
local function read_requests(ids)
  for i, text in ipairs(redis.call('HMGET', REQUESTS, unpack(ids))) do requests_read[ids[i]] = text end
end

-- The request's record follows its reservation to a final state. A record that went with Redis stays gone.
-- Its first lines are replaced, and the rest is not looked at.
local function close_request(id, status, version, rejection)
  if requests_read[id] == nil then read_requests({ id }) end
  local text = requests_read[id]
  if not text then return end
  local head = status .. '\n' .. number_text(version) .. (rejection and '\n' .. rejection or '')
  local _, at = string.find(text, rejection and '^[^\n]*\n[^\n]*\n[^\n]*' or '^[^\n]*\n[^\n]*')
  request_texts[#request_texts + 1] = id
  request_texts[#request_texts + 1] = head .. string.sub(text, at + 1)
end

local function put_back(ordinal, sku, unit)
  if sku.excess > 0 then
    -- The capacity is on its way down: this unit was waited for.
    set_aside(ordinal, unit, '0', '-')
    sku.excess, sku.capacity = sku.excess - 1, sku.capacity - 1
    return
  end
  local at = (unit - 1) % PAGE + 1
  local number = (unit - at) / PAGE
  local back = page_as_read(ordinal, number).back
  back[#back + 1] = at
  sku.cursor = math.min(sku.cursor, number)
  sku.available = sku.available + 1
end

-- lines: as in a hold record. from: the counter that has counted the units, 'held' | 'checkout' | 'sold'.
local function return_lines(customer, lines, from)
  for ordinal, list in string.gmatch(lines, '(%d+) %d+ %d+ [01] ([%d,]+)') do
    -- Mostly one unit a line, which is no list yet: a pattern for it took 0.7 µs.
    local sku, unit, count = sku_of(ordinal), tonumber(list), 1
    if unit then
      put_back(ordinal, sku, unit)
    else
      count = 0
      for each in string.gmatch(list, '%d+') do
        put_back(ordinal, sku, tonumber(each))
        count = count + 1
      end
    end
    if sku[from] < count then error('drift: more units go back than are counted') end
    sku[from] = sku[from] - count
    units_returned = units_returned + count
    count_owned(customer, ordinal, -count)
  end
end

-- Only what is decided waits in the queue, only what is pinned stands among the pins, and everything else has a deadline.
local function drop_hold(id, state)
  returned[#returned + 1] = id
  local set = state == 'c' and pinned or dated
  set[#set + 1] = id
  if state == 'd' then waiting[#waiting + 1] = id end
end

local function give_back(id, hold)
  return_lines(hold.customer, hold.lines, hold.state == 'c' and 'checkout' or 'held')
  drop_hold(id, hold.state)
end

-- Postgres learns of it from here, should whoever asked die before writing it, or a sweep be quicker.
local function note_ended(id, status, version, now, by)
  ended_texts[#ended_texts + 1] = id
  ended_texts[#ended_texts + 1] = noted_by(status .. ' ' .. number_text(version) .. ' ' .. number_text(now), by)
end

local function write_returns()
  write_stock()
  call_in_chunks('HDEL', HOLDS, returned)
  call_in_chunks('ZREM', DUE, dated)
  call_in_chunks('ZREM', PINS, pinned)
  call_in_chunks('ZREM', QUEUED, waiting)
  call_in_chunks('HSET', REQUESTS, request_texts)
  call_in_chunks('HSET', ENDED, ended_texts)
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

-- How many units of each SKU a customer has, held, pinned and sold, "1=2 3=1": read once, changed here, written by write_stock
-- in stock.lua. What nobody asked about stays the text that was read.
local owned = {}

-- Reads what these customers own in one command: one each took 1 µs.
local function read_owned(customers)
  if #customers == 0 then return end
  for i, text in ipairs(redis.call('HMGET', CUSTOMER_UNITS, unpack(customers))) do
    owned[customers[i]] = text or ''
  end
end

local function owned_by(customer)
  if not owned[customer] then read_owned({ customer }) end
  if type(owned[customer]) == 'string' then
    local counts = { total = 0, by = {} }
    for ordinal, count in string.gmatch(owned[customer], '(%d+)=(%d+)') do
      counts.by[ordinal], counts.total = tonumber(count), counts.total + count
    end
    owned[customer] = counts
  end
  return owned[customer]
end

local function count_owned(customer, ordinal, change)
  -- Most have one SKU, and all of it goes back: to take their counts apart was 2 µs of a hold that ends.
  if change < 0 and owned[customer] == ordinal .. '=' .. number_text(-change) then
    owned[customer] = ''
    return
  end
  local counts = owned_by(customer)
  counts.by[ordinal], counts.total = (counts.by[ordinal] or 0) + change, counts.total + change
end

local function write_owned()
  local customers, gone = {}, {}
  for customer, counts in pairs(owned) do
    local text = counts
    if type(counts) == 'table' then
      local parts = {}
      for ordinal, count in pairs(counts.by) do
        if count > 0 then parts[#parts + 1] = ordinal .. '=' .. count end
      end
      text = table.concat(parts, ' ')
    end
    if text == '' then
      gone[#gone + 1] = customer
    elseif text ~= counts then
      customers[#customers + 1] = customer
      customers[#customers + 1] = text
    end
  end
  call_in_chunks('HDEL', CUSTOMER_UNITS, gone)
  call_in_chunks('HSET', CUSTOMER_UNITS, customers)
end

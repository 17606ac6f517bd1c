-- What a script changes is read once into these tables, changed there, and written by write_stock at the end:
-- until then nothing is written, so a script that finds something wrong can still stop with nothing half done.
-- version: of the stock in Postgres, as last applied. excess: units that are withdrawn as they come back.
local COUNTERS = { 'numbered', 'capacity', 'available', 'held', 'checkout', 'sold', 'blocked', 'cursor', 'customer_max',
  'version', 'excess' }
local skus = {}

local function sku_of(ordinal)
  if skus[ordinal] then return skus[ordinal] end
  local text = redis.call('HGET', STOCK, ordinal)
  if not text then error('drift: a SKU without counters') end
  local sku, i = {}, 0
  for value in string.gmatch(text, '%-?%d+') do
    i = i + 1
    sku[COUNTERS[i]] = tonumber(value)
  end
  sku.version, sku.excess = sku.version or 0, sku.excess or 0
  skus[ordinal] = sku
  return sku
end

local function take_unit(ordinal, sku, unit)
  local page, at = place_of(ordinal, unit)
  mark(page, at, '1', '0')
  sku.available, sku.held = sku.available - 1, sku.held + 1
end

-- Takes the lowest available numbers, so returned units go first. The caller has seen that there are enough.
local function take_lowest(ordinal, sku, count)
  local taken = {}
  while #taken < count do
    if sku.cursor * PAGE >= sku.numbered then error('drift: fewer units than counted') end
    if sku.low_at ~= sku.cursor then sku.low, sku.low_at = page_as_read(ordinal, sku.cursor), sku.cursor end
    local at = string.find(sku.low.text, '1', sku.low.taken + 1, true)
    if at then
      taken[#taken + 1] = sku.cursor * PAGE + at
      sku.low.taken = at
    else
      sku.cursor = sku.cursor + 1
    end
  end
  sku.available, sku.held = sku.available - count, sku.held + count
  return taken
end

-- The first write of a script: a page may still be found wrong here, before anything is written.
local function write_stock()
  local stock, texts = {}, {}
  for ordinal, sku in pairs(skus) do
    local values = {}
    for i, name in ipairs(COUNTERS) do values[i] = sku[name] end
    stock[#stock + 1] = ordinal
    stock[#stock + 1] = table.concat(values, ' ')
  end
  for _, of_sku in pairs(pages) do
    for _, page in pairs(of_sku) do
      write_taken(page)
      write_back(page)
      if page.changed then
        texts[#texts + 1] = page.field
        texts[#texts + 1] = page.text
      end
    end
  end
  call_in_chunks('HSET', STOCK, stock)
  call_in_chunks('HSET', UNITS, texts)
  write_notes()
  write_owned()
end

-- Who has which unit, by pages of units; read once, changed in the table, written by write_stock in stock.lua.
local PAGE = 256
local pages = {}

-- A page is 256 characters: 1 available, 0 taken, b blocked, - withdrawn.
local function page_of(ordinal, number)
  local field = ordinal .. ':' .. number
  if not pages[field] then pages[field] = { text = redis.call('HGET', UNITS, field) or '' } end
  return pages[field]
end

local function mark(page, at, from, to)
  if string.sub(page.text, at, at) ~= from then error('drift: a unit is not in the state that its owner implies') end
  page.text = string.sub(page.text, 1, at - 1) .. to .. string.sub(page.text, at + 1)
  page.changed = true
end

local function place_of(ordinal, unit)
  return page_of(ordinal, math.floor((unit - 1) / PAGE)), (unit - 1) % PAGE + 1
end

local function is_available(ordinal, unit)
  local page, at = place_of(ordinal, unit)
  return string.sub(page.text, at, at) == '1'
end

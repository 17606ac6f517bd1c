-- Who has which unit, by pages of units; read once, changed in the table, written by write_stock in stock.lua.
local PAGE = 256
local pages = {}

-- A page is 256 characters: 1 available, 0 taken, b blocked, - withdrawn. Up to `taken` its available units are taken by
-- this script, and those at the places of `back` came back, though the text does not say so yet: it is rewritten once, and
-- not for each unit. A script takes units or returns them; whoever meets a due hold is told to come again.
local function page_as_read(ordinal, number)
  local of_sku = pages[ordinal]
  if not of_sku then
    of_sku = {}
    pages[ordinal] = of_sku
  end
  if not of_sku[number] then
    local field = ordinal .. ':' .. number
    of_sku[number] = { field = field, text = redis.call('HGET', UNITS, field) or '', taken = 0, back = {} }
  end
  return of_sku[number]
end

local function write_taken(page)
  if page.taken == 0 then return end
  page.text = string.gsub(string.sub(page.text, 1, page.taken), '1', '0') .. string.sub(page.text, page.taken + 1)
  page.taken, page.changed = 0, true
end

-- The text between the places, in their order, joined by what they are now: a new page for each unit took 2 µs.
local function write_back(page)
  if #page.back == 0 then return end
  table.sort(page.back)
  local parts, from = {}, 1
  for i, at in ipairs(page.back) do
    if at < from or string.byte(page.text, at) ~= 48 then error('drift: a unit comes back that nobody has') end
    parts[i], from = string.sub(page.text, from, at - 1), at + 1
  end
  parts[#parts + 1] = string.sub(page.text, from)
  page.text, page.changed = table.concat(parts, '1'), true
end

local function page_of(ordinal, number)
  local page = page_as_read(ordinal, number)
  write_taken(page)
  return page
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

-- Units that were taken out of sale here, until Postgres has them withdrawn too: a mask a page, - for good, b blocked,
-- d withheld by a release schedule, a dot for every other unit.
local NONE = string.rep('.', PAGE)
local notes = {}

local function note_of(field)
  if not notes[field] then notes[field] = { text = redis.call('HGET', WITHDRAWN, field) or NONE } end
  return notes[field]
end

local function set_aside(ordinal, unit, from, as)
  local page, at = place_of(ordinal, unit)
  mark(page, at, from, as == '-' and '-' or 'b')
  local note = note_of(ordinal .. ':' .. math.floor((unit - 1) / PAGE))
  note.text = string.sub(note.text, 1, at - 1) .. as .. string.sub(note.text, at + 1)
  note.changed = true
end

local function write_notes()
  for field, note in pairs(notes) do
    if note.changed and note.text == NONE then
      redis.call('HDEL', WITHDRAWN, field)
    elseif note.changed then
      redis.call('HSET', WITHDRAWN, field, note.text)
    end
  end
end

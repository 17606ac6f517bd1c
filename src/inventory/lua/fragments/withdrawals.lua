-- Takes units out of sale from the highest number down, whole stretches of a page at once.

-- Where the highest `count` available units of a page begin, and how many there are (at most `count`).
local function highest_of(text, count)
  local _, available = string.gsub(text, '1', '1')
  if available <= count then return 1, available end
  local at, left = #text + 1, count
  while left > 0 do
    at = at - 1
    if string.byte(text, at) == 49 then left = left - 1 end
  end
  return at, count
end

-- Withdraws `count` available units, as '-' (for good) or 'd' (withheld); the caller has seen that there are as many.
local function withdraw_highest(ordinal, sku, count, as)
  local left, number = count, math.floor((sku.numbered - 1) / PAGE)
  while left > 0 do
    if number < 0 then error('drift: fewer units than counted') end
    local page = page_of(ordinal, number)
    local from, taken = highest_of(page.text, left)
    if taken > 0 then
      local note, marks = note_of(ordinal .. ':' .. number), {}
      for at = 1, PAGE do
        local out = at >= from and string.byte(page.text, at) == 49
        marks[at] = out and as or string.sub(note.text, at, at)
      end
      note.text, note.changed = table.concat(marks), true
      page.text = string.sub(page.text, 1, from - 1) .. string.gsub(string.sub(page.text, from), '1', as == '-' and '-' or 'b')
      page.changed = true
      left = left - taken
    end
    number = number - 1
  end
  sku.available = sku.available - count
  if as == '-' then sku.capacity = sku.capacity - count else sku.blocked = sku.blocked + count end
end

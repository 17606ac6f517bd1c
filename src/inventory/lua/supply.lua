--[[ supply: brings a SKU to what Postgres has of it: new units, units that are back on sale, its limit and its target.

KEYS     the sale's, see fragments/sale.lua
ARGV[1]  epoch
ARGV[2]  ordinal
ARGV[3]  version  of the stock in Postgres; an older one than the last applied is refused
ARGV[4]  limit    units a customer, 0 for none
ARGV[5]  target   the capacity that units coming back bring it down to, '' for none
ARGV[6]  page     number of the first page below
ARGV[7]  last     '1': with these pages the version is complete, '0': more follow
ARGV[8…] pages    as Postgres has them: 1 in sale, b blocked or withheld, - withdrawn

Returns {'ok'} | {'older'}; or {'no-state'} | {'stale-epoch'}.
Atomic because counters and pages change together. What was withdrawn here and is only noted yet stays withdrawn; a note
that Postgres has come to agree with is forgotten.
]]
--@include sale
--@include units
--@include owned
--@include stock
--@include withdrawals

local _, refusal = read_meta(ARGV[1])
if refusal then return { refusal } end

local function begin(ordinal)
  if redis.call('HEXISTS', STOCK, ordinal) == 1 then return sku_of(ordinal) end
  if redis.call('HEXISTS', UNITS, ordinal .. ':0') == 1 then error('drift: a SKU without counters') end
  skus[ordinal] = {}
  for _, name in ipairs(COUNTERS) do skus[ordinal][name] = 0 end
  return skus[ordinal]
end

local function count_new(sku, char)
  if char ~= '-' then sku.capacity = sku.capacity + 1 end
  if char == '1' then sku.available = sku.available + 1 end
  if char == 'b' then sku.blocked = sku.blocked + 1 end
end

local function put_back(sku, char)
  if char == '-' then sku.capacity = sku.capacity + 1 else sku.blocked = sku.blocked - 1 end
  sku.available = sku.available + 1
end

local function supply_page(ordinal, sku, number, text)
  local page, note = page_of(ordinal, number), note_of(ordinal .. ':' .. number)
  if note.text == NONE and string.gsub(page.text, '0', '1') == text then return end
  if #text < #page.text then error('drift: Postgres has fewer units') end
  local chars, marks = {}, {}
  for at = 1, #text do
    local char, wanted, mark_of = string.sub(page.text, at, at), string.sub(text, at, at), string.sub(note.text, at, at)
    if char == '' then
      count_new(sku, wanted)
      char = wanted
    elseif mark_of ~= '.' then
      if char == wanted then mark_of = '.' end
    elseif wanted ~= char and not (char == '0' and wanted == '1') then
      if wanted ~= '1' then error('drift: a unit is on sale that Postgres has withdrawn') end
      put_back(sku, char)
      char = '1'
    end
    chars[at], marks[at] = char, mark_of
  end
  sku.numbered = sku.numbered + #text - #page.text
  sku.cursor = math.min(sku.cursor, number)
  page.text, page.changed = table.concat(chars), true
  note.text, note.changed = table.concat(marks) .. string.sub(note.text, #text + 1), true
end

local ordinal, version = ARGV[2], tonumber(ARGV[3])
local sku = begin(ordinal)
if version < sku.version then return { 'older' } end
for i = 8, #ARGV do supply_page(ordinal, sku, tonumber(ARGV[6]) + i - 8, ARGV[i]) end
if ARGV[7] == '1' then
  sku.version, sku.customer_max = version, tonumber(ARGV[4])
  sku.excess = ARGV[5] == '' and 0 or math.max(0, sku.capacity - tonumber(ARGV[5]))
  local at_once = math.min(sku.excess, sku.available)
  withdraw_highest(ordinal, sku, at_once, '-')
  sku.excess = sku.excess - at_once
end
write_stock()
return { 'ok' }

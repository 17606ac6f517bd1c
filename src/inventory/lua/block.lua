--[[ block: takes named units of a SKU out of sale, all of them or none.

KEYS     the sale's, see fragments/sale.lua
ARGV[1]  epoch
ARGV[2]  ordinal
ARGV[3]  version  of the stock, as the caller has seen it
ARGV[4…] units    numbers, each once

Returns {'blocked'}: noted until Postgres has them | {'taken', available, held, nextExpiryAt, unit, …}: units that are not available, nothing
changed; held counts checkouts too | {'moved'}: the stock has another version | {'reclaimed'}: due holds were given back first, call again; or
{'no-state'} | {'stale-epoch'}.
Atomic because a unit that a hold takes at the same moment must not be blocked.
]]
--@include sale
--@include records
--@include units
--@include owned
--@include stock
--@include returns
--@include reclaim
--@include refusals
--@include due-first

local ordinal = ARGV[2]
local sku = sku_of(ordinal)
if sku.version ~= tonumber(ARGV[3]) then return { 'moved' } end
local taken = {}
for i = 4, #ARGV do
  if not is_available(ordinal, tonumber(ARGV[i])) then taken[#taken + 1] = ARGV[i] end
end
if #taken > 0 then return { 'taken', sku.available, sku.held + sku.checkout, next_expiry_of(ordinal), unpack(taken) } end

for i = 4, #ARGV do set_aside(ordinal, tonumber(ARGV[i]), '1', 'b') end
sku.available, sku.blocked = sku.available - (#ARGV - 3), sku.blocked + (#ARGV - 3)
write_stock()
return { 'blocked' }

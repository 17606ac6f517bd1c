--[[ withdraw: takes the highest available numbers of a SKU out of sale, all that are asked for or none.

KEYS     the sale's, see fragments/sale.lua
ARGV[1]  epoch
ARGV[2]  ordinal
ARGV[3]  version  of the stock, as the caller has seen it
ARGV[4]  as       'capacity' (for good) | 'withheld' (until a release)
ARGV[5]  number   the capacity to come down to | how many units to withhold

Returns {'withdrawn', count}: noted until Postgres has them | {'short', available, held, checkout, sold, blocked}: not as many are
available, nothing changed | {'moved'}: the stock has another version | {'reclaimed'}: due holds were given back first, call
again; or {'no-state'} | {'stale-epoch'}.
Atomic because a unit that a hold takes at the same moment must not be withdrawn.
]]
--@include sale
--@include records
--@include units
--@include owned
--@include stock
--@include withdrawals
--@include returns
--@include reclaim
--@include due-first

local ordinal, number = ARGV[2], tonumber(ARGV[5])
local sku = sku_of(ordinal)
if sku.version ~= tonumber(ARGV[3]) then return { 'moved' } end
local for_good = ARGV[4] == 'capacity'
local count = for_good and math.max(0, sku.capacity - number) or number
if count > sku.available then return { 'short', sku.available, sku.held, sku.checkout, sku.sold, sku.blocked } end

withdraw_highest(ordinal, sku, count, for_good and '-' or 'd')
-- The capacity asked for is reached: an earlier, lower target is no longer waited for.
if for_good then sku.excess = 0 end
write_stock()
return { 'withdrawn', count }

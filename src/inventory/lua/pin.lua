--[[ pin: keeps the units of a hold for the payment window; from here on no deadline of Redis's takes them.

KEYS     the sale's, see fragments/sale.lua
ARGV[1]  epoch
ARGV[2]  id

Returns {'pinned', hold, request}: now, or by an earlier call, with the same window; {'not-held', status}: queued |
released | expired | rejected | confirmed; {'unknown'}: the journal knows; or {'no-state'} | {'stale-epoch'}.
Atomic because a pin and the deadline have one winner.
]]
--@include sale
--@include records
--@include told-hold
--@include units
--@include owned
--@include stock

local meta, refusal = read_meta(ARGV[1])
if refusal then return { refusal } end
local now = read_clock(meta)
local id = ARGV[2]
local hold, request_text = told_hold(id, now)
if not hold then return request_text end
if hold.state == 'c' then return { 'pinned', pack_hold(hold), request_text } end

hold.state, hold.version, hold.checkout_expires_at = 'c', hold.version + 1, now + meta.checkoutTtlMs
for ordinal, units in pairs(units_of(hold)) do
  local sku = sku_of(ordinal)
  sku.held, sku.checkout = sku.held - #units, sku.checkout + #units
end
local packed = pack_hold(hold)
write_stock()
redis.call('HSET', HOLDS, id, packed)
redis.call('ZREM', DUE, id)
redis.call('ZADD', PINS, string.format('%.0f', now), id)
redis.call('HSET', META, 'last', now)
return { 'pinned', packed, request_text }

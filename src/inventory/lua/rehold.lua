--[[ rehold: holds again what an ended reservation had, for a payment that came late: the same units, else equal ones.

KEYS     the sale's, see fragments/sale.lua
ARGV[1]  epoch
ARGV[2]  id           of the new hold
ARGV[3]  customer
ARGV[4]  lines        of the ended hold, as in a hold record
ARGV[5]  fingerprint  of the new request record

Returns {'held'}: decided now, or by an earlier call; to be journalled and announced like any hold; {'ended'}: this id is
over; {'refused', why}: 'sale-not-open' | 'sale-closed' | 'customer-limit-reached' | 'units-unavailable' | 'sold-out';
{'reclaimed'}: due holds were given back first, call again; or {'no-state'} | {'stale-epoch'}.
Atomic because a decision reads stock and limits and takes from both. A paused sale takes payments, so it is no reason.
]]
--@include sale
--@include records
--@include units
--@include owned
--@include stock
--@include returns
--@include reclaim
--@include due-first

local id, customer = ARGV[2], ARGV[3]
if redis.call('HEXISTS', HOLDS, id) == 1 then return { 'held' } end
local known = request_of(id)
if known and unpack_request(known).status ~= 'queued' then return { 'ended' } end
local sale_status = status_at(meta, now)
if sale_status == 'closed' then return { 'refused', 'sale-closed' } end
if sale_status ~= 'open' and sale_status ~= 'paused' then return { 'refused', 'sale-not-open' } end

local lines, wanted, total = {}, {}, 0
for ordinal, price, requested, named, list in string.gmatch(ARGV[4], '(%d+) (%d+) (%d+) ([01]) ([%d,]*)') do
  local line = { ordinal = ordinal, price = price, requested = requested, named = named, units = {} }
  for unit in string.gmatch(list, '%d+') do line.units[#line.units + 1] = tonumber(unit) end
  lines[#lines + 1] = line
  wanted[ordinal] = (wanted[ordinal] or 0) + #line.units
  total = total + #line.units
end

local counts, short = owned_by(customer), nil
local limited = meta.unitsPerCustomerMax > 0 and counts.total + total > meta.unitsPerCustomerMax
for ordinal, count in pairs(wanted) do
  local sku = sku_of(ordinal)
  limited = limited or sku.customer_max > 0 and (counts.by[ordinal] or 0) + count > sku.customer_max
  if count > sku.available then
    short = sku.available + sku.held + sku.checkout == 0 and 'sold-out' or short or 'units-unavailable'
  end
end
if limited then return { 'refused', 'customer-limit-reached' } end
if short then return { 'refused', short } end

-- What is still free is kept before anything is replaced: a replacement must not be what another line had.
for _, line in ipairs(lines) do
  for i, unit in ipairs(line.units) do
    local free = is_available(line.ordinal, unit)
    if free then take_unit(line.ordinal, sku_of(line.ordinal), unit) else line.units[i] = false end
  end
end
local held_lines, asked_lines = {}, {}
for i, line in ipairs(lines) do
  for at, unit in ipairs(line.units) do
    line.units[at] = unit or take_lowest(line.ordinal, sku_of(line.ordinal), 1)[1]
  end
  local units = table.concat(line.units, ',')
  held_lines[i] = table.concat({ line.ordinal, line.price, line.requested, line.named, units }, ' ')
  if units ~= '' then asked_lines[#asked_lines + 1] = table.concat({ line.ordinal, line.price, 'u', units }, ' ') end
  count_owned(customer, line.ordinal, #line.units)
end

local at = string.format('%.0f', now)
local asked = table.concat(asked_lines, ';')
local hold = { state = 'd', version = 2, sequence = meta.sequence + 1, held_at = now, expires_at = now + meta.holdTtlMs,
  extensions = 0, checkout_expires_at = 0, customer = customer, lines = table.concat(held_lines, ';') }
write_stock()
redis.call('HSET', HOLDS, id, pack_hold(hold))
redis.call('ZADD', DUE, string.format('%.0f', hold.expires_at), id)
redis.call('HSET', REQUESTS, id, table.concat({ 'queued', 1, '-', customer, 'rehold', ARGV[5], at, asked, '', '' }, '\n'))
redis.call('ZADD', QUEUED, string.format('%.0f', now + meta.queueTimeoutMs), id)
redis.call('HSET', META, 'last', now, 'sequence', hold.sequence)
return { 'held' }

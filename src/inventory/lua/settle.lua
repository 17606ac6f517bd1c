--[[ settle: counts the units of confirmed reservations as sold.

KEYS     the sale's, see fragments/sale.lua
ARGV[1]  epoch
ARGV[2…] reservations  two each: id, version in Postgres

Returns {'ok', …} with a word a reservation: 'settled' | 'gone' (settled before, or rebuilt as sold; a hold of that id that
nobody was told of is another one, decided after Redis forgot the first); or {'no-state'} | {'stale-epoch'}.
Atomic because the hold ends and the units become sold in one step; they stay counted for the customer.
]]
--@include sale
--@include records
--@include units
--@include owned
--@include stock
--@include returns

local meta, refusal = read_meta(ARGV[1])
if refusal then return { refusal } end
local now = read_clock(meta)

local reply = { 'ok' }
for i = 2, #ARGV, 2 do
  local id, text = ARGV[i], redis.call('HGET', HOLDS, ARGV[i])
  local hold = text and unpack_hold(text)
  if hold and hold.state ~= 'd' and hold.version < tonumber(ARGV[i + 1]) then
    for ordinal, units in pairs(units_of(hold)) do
      local sku = sku_of(ordinal)
      local from = hold.state == 'c' and 'checkout' or 'held'
      sku[from], sku.sold = sku[from] - #units, sku.sold + #units
    end
    drop_hold(id, hold.state)
    close_request(id, 'confirmed', tonumber(ARGV[i + 1]))
    reply[#reply + 1] = 'settled'
  else
    reply[#reply + 1] = 'gone'
  end
end
write_returns()
redis.call('HSET', META, 'last', now)
return reply

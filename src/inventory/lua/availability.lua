--[[ availability: the counters of every SKU, and when its next hold ends.

KEYS     the sale's, see fragments/sale.lua
ARGV[1]  epoch

Returns {'ok', now, status, …} with three values a SKU: its ordinal, its counters (numbered capacity available held checkout
sold blocked cursor limit version excess), and the next deadline among the first 64 of the sale ('0': none seen); or {'no-state'} |
{'stale-epoch'}.
Atomic because counters of one moment add up.
]]
--@include sale
--@include records
--@include units
--@include owned
--@include stock
--@include refusals

local meta, refusal = read_meta(ARGV[1])
if refusal then return { refusal } end
local now = read_clock(meta)
local reply = { 'ok', string.format('%.0f', now), status_at(meta, now) }
local stock = redis.call('HGETALL', STOCK)
for i = 1, #stock, 2 do
  reply[#reply + 1] = stock[i]
  reply[#reply + 1] = stock[i + 1]
  reply[#reply + 1] = next_expiry_of(stock[i])
end
return reply

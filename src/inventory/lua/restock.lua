--[[ restock: puts the units of cancelled orders back on sale.

KEYS     the sale's, see fragments/sale.lua
ARGV[1]  epoch
ARGV[2…] orders  five each: id of the reservation, its version in Postgres, id that its units were held under (another one
         when the payment came late), customer, lines as in a hold record

Returns {'ok', …} with a word an order: 'restocked' | 'gone' (a version at or below the last applied: done before, or
rebuilt so); or {'no-state'} | {'stale-epoch'}.
Atomic because units, counters and the note of the version change together: without the note a second delivery would take
the units from whoever has them next. What is not settled yet goes back from where it is, and settle finds nothing.
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

-- A hold that nobody was told of is another one, decided after Redis forgot the first: what was bought is sold.
local function restock(held_as, version, customer, lines)
  local text = redis.call('HGET', HOLDS, held_as)
  local hold = text and unpack_hold(text)
  if hold and hold.state ~= 'd' then
    close_request(held_as, 'confirmed', version)
    return give_back(held_as, hold)
  end
  return_lines(customer, lines, 'sold')
end

local reply, noted, notes = { 'ok' }, {}, {}
for i = 2, #ARGV, 5 do
  local id, version = ARGV[i], tonumber(ARGV[i + 1])
  if version > (noted[id] or tonumber(redis.call('HGET', RESTOCKED, id) or '0')) then
    restock(ARGV[i + 2], version, ARGV[i + 3], ARGV[i + 4])
    noted[id] = version
    notes[#notes + 1] = id
    notes[#notes + 1] = version
    reply[#reply + 1] = 'restocked'
  else
    reply[#reply + 1] = 'gone'
  end
end
write_returns()
call_in_chunks('HSET', RESTOCKED, notes)
redis.call('HSET', META, 'last', now)
return reply

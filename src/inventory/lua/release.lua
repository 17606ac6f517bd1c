--[[ release: gives back the units of a hold, or withdraws a queued request, because someone asks.

KEYS     the sale's, see fragments/sale.lua
ARGV[1]  epoch
ARGV[2]  id
ARGV[3]  by  who asks and why, for the note; '': nobody who could be named

Returns {'released', hold, request}: to be written to Postgres before it is answered; {'withdrawn', '', request}: it was
queued; {'checkout', hold, request}: pinned, Postgres first; {'over', '', request}: ended before, the record says how;
{'unknown'}: the journal knows; or {'no-state'} | {'stale-epoch'}.
Atomic because a release, an expiry and a pin of one hold have one winner.
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
local id = ARGV[2]
local hold_text = redis.call('HGET', HOLDS, id)
local request_text = request_of(id, hold_text) or ''

if not hold_text then
  if request_text == '' then return { 'unknown' } end
  local request = unpack_request(request_text)
  if request.status == 'held' then return { 'unknown' } end
  if request.status ~= 'queued' then return { 'over', '', request_text } end
  close_request(id, 'released', 2)
  redis.call('ZREM', QUEUED, id)
  write_returns()
  return { 'withdrawn', '', request_texts[2] }
end

local hold = unpack_hold(hold_text)
if hold.state == 'c' then return { 'checkout', hold_text, request_text } end
if now >= hold.expires_at then
  expire_hold(id, hold, now)
  write_returns()
  return { 'over', '', request_texts[2] or '' }
end
give_back(id, hold)
note_ended(id, 'released', hold.version + 1, now, ARGV[3])
close_request(id, 'released', hold.version + 1)
write_returns()
redis.call('HSET', META, 'last', now)
return { 'released', hold_text, request_texts[2] or request_text }

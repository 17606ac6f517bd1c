--[[ extend: moves the deadline of a hold by the sale's step, or for an operator to a given time.

KEYS     the sale's, see fragments/sale.lua
ARGV[1]  epoch
ARGV[2]  id
ARGV[3]  until  '': by the sale's step, counted; else ms: not before then, uncounted, whatever the sale's limits
ARGV[4]  by     who asks and why, for the note; '': nobody who could be named

Returns {'extended', hold, request}: to be written to Postgres before it is answered; {'refused', why}: 'extensions-used' |
'age-reached', of the sale's step alone; {'not-held', status}: queued | checkout | released | expired | rejected | confirmed; {'unknown'}: the journal knows; or
{'no-state'} | {'stale-epoch'}.
Atomic because an extension and the deadline have one winner.
]]
--@include sale
--@include records
--@include told-hold

local meta, refusal = read_meta(ARGV[1])
if refusal then return { refusal } end
local now = read_clock(meta)
local id = ARGV[2]
local hold, request_text = told_hold(id, now)
if not hold then return request_text end
if hold.state == 'c' then return { 'not-held', 'checkout' } end
local expires_at, counted = tonumber(ARGV[3]), 0
if not expires_at then
  if hold.extensions >= meta.extensionsMax then return { 'refused', 'extensions-used' } end
  expires_at, counted = math.min(hold.expires_at + meta.extensionStepMs, hold.held_at + meta.holdAgeMsMax), 1
  if expires_at <= hold.expires_at then return { 'refused', 'age-reached' } end
end
-- A repeat: it lasts that long already.
if expires_at <= hold.expires_at then return { 'extended', pack_hold(hold), request_text } end

hold.expires_at, hold.extensions, hold.version = expires_at, hold.extensions + counted, hold.version + 1
local packed = pack_hold(hold)
redis.call('HSET', HOLDS, id, packed)
redis.call('ZADD', DUE, string.format('%.0f', expires_at), id)
-- Postgres learns of it from here, should whoever asked die before writing it. A field of its own: when the hold ends,
-- that note must not be forgotten with this one.
redis.call('HSET', ENDED, id .. ':extended', noted_by(hold.version, ARGV[4]))
redis.call('HSET', META, 'last', now)
return { 'extended', packed, request_text }

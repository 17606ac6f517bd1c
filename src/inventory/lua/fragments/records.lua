-- Records are lines of text: readable in redis-cli, and no field can hold a line break.
-- A request: status, version, rejection, then what never changes:
--   customer, mode (all, partial, rehold), fingerprint, queuedAt, lines ("ordinal price q count" or "ordinal price u 5,6", by ;), request id, metadata
-- A hold: state (d decided, h held, c checkout), version, sequence, heldAt, expiresAt, extensions, checkoutExpiresAt,
--   customer, lines ("ordinal price requested named 5,6", by ;)

-- Whoever asked for a change is noted with it, for the history: the journal may be written by another process.
local function noted_by(text, by)
  return (by or '') == '' and text or text .. ' ' .. by
end

-- A whole number as text, formatted once: the same few times, versions and counts stand in all records of a batch.
local number_texts = {}
local function number_text(number)
  if not number_texts[number] then number_texts[number] = string.format('%.0f', number) end
  return number_texts[number]
end

local function unpack_request(text)
  local status, version, rejection, rest, customer, mode, queued_at, lines = string.match(text,
    '^([^\n]*)\n([^\n]*)\n([^\n]*)\n(([^\n]*)\n([^\n]*)\n[^\n]*\n([^\n]*)\n([^\n]*)\n.*)$')
  return { status = status, version = tonumber(version), rejection = rejection, rest = rest,
    customer = customer, mode = mode, queued_at = tonumber(queued_at), lines = lines }
end

-- The record of a request. An undecided one stands in the queued set until its hold is announced, so a record that says
-- queued but stands there no more was held, and the journal knows what became of it: it reads as 'held'.
local function request_of(id, hold_text)
  local text = redis.call('HGET', REQUESTS, id)
  if not text or hold_text or string.sub(text, 1, 7) ~= 'queued\n' then return text end
  if redis.call('ZSCORE', QUEUED, id) then return text end
  return 'held' .. string.sub(text, 7)
end

local function pack_request(r)
  return r.status .. '\n' .. r.version .. '\n' .. r.rejection .. '\n' .. r.rest
end

local function unpack_hold(text)
  local state, version, sequence, held_at, expires_at, extensions, checkout_expires_at, customer, lines =
    string.match(text, '^(.)\n(%d+)\n(%d+)\n(%d+)\n(%d+)\n(%d+)\n(%d+)\n([^\n]*)\n(.*)$')
  return { state = state, version = tonumber(version), sequence = sequence, held_at = tonumber(held_at),
    expires_at = tonumber(expires_at), extensions = tonumber(extensions), customer = customer,
    checkout_expires_at = tonumber(checkout_expires_at), lines = lines }
end

local function pack_hold(h)
  return table.concat({ h.state, h.version, h.sequence, number_text(h.held_at), number_text(h.expires_at),
    h.extensions, number_text(h.checkout_expires_at), h.customer, h.lines }, '\n')
end

-- Units of a hold by SKU ordinal: { ['1'] = { 17, 18 } }. A line that got none has no entry.
local function units_of(hold)
  local by_ordinal = {}
  for ordinal, list in string.gmatch(hold.lines, '(%d+) %d+ %d+ [01] ([%d,]+)') do
    local units = by_ordinal[ordinal] or {}
    by_ordinal[ordinal] = units
    for unit in string.gmatch(list, '%d+') do units[#units + 1] = tonumber(unit) end
  end
  return by_ordinal
end

--[[ sale: the keys of one sale, its settings and its clock; the head of every script.

KEYS[1]  meta              hash   epoch, layout, settings, last (the clock's last value), beat, sequence (holds decided so far)
KEYS[2]  clock             string milliseconds added to TIME; only the test clock reads it
KEYS[3]  requests          hash   id → request record; outlives the epoch
KEYS[4]  queued            zset   id → when an undecided request is overdue; outlives the epoch
KEYS[5]  customer-requests hash   customer → its newest request ids; outlives the epoch
KEYS[6]  holds             hash   id → hold record
KEYS[7]  due               zset   id → deadline of an unpinned hold
KEYS[8]  pins              zset   id → when it was pinned, until reconcile has seen the pin in Postgres
KEYS[9]  stock             hash   SKU ordinal → counters
KEYS[10] units             hash   ordinal:page → one character a unit
KEYS[11] customer-units    hash   customer → units held, pinned and sold, by SKU
KEYS[12] ended             hash   id → expired or released, id:extended → version, each with who asked and why, until Postgres has it too
KEYS[13] restocked         hash   id → version of the reservation whose cancelled order's units went back on sale
KEYS[14] withdrawn         hash   ordinal:page → units taken out of sale here, until Postgres has them withdrawn too
]]
local META, REQUESTS, QUEUED, CUSTOMER_REQUESTS = KEYS[1], KEYS[3], KEYS[4], KEYS[5]
local HOLDS, DUE, PINS, STOCK, UNITS, CUSTOMER_UNITS, ENDED = KEYS[6], KEYS[7], KEYS[8], KEYS[9], KEYS[10], KEYS[11], KEYS[12]
local RESTOCKED, WITHDRAWN = KEYS[13], KEYS[14]

local SETTINGS = { 'epoch', 'layout', 'last', 'sequence', 'status', 'opensAt', 'closesAt', 'holdTtlMs', 'checkoutTtlMs',
  'queueTimeoutMs', 'unitsPerCustomerMax', 'extensionsMax', 'extensionStepMs', 'holdAgeMsMax',
  'skew', 'beat', 'beatPg' }

-- The forms of keys and records that these scripts know; the loader compares them with layout.ts. No layout is the first.
local LAYOUT_OLDEST, LAYOUT_NEWEST = 1, 1

-- These are written without being read; one of another type must be found before the first write, not by it.
local UNREAD = { [QUEUED] = 'zset', [DUE] = 'zset', [PINS] = 'zset', [ENDED] = 'hash' }

-- Reads the settings, or says why this script may not run: missing state is never taken for "sold out".
local function read_meta(epoch)
  local values = redis.call('HMGET', META, unpack(SETTINGS))
  if not values[1] then return nil, 'no-state' end
  if values[1] ~= epoch then return nil, 'stale-epoch' end
  local layout = tonumber(values[2] or '1')
  if layout > LAYOUT_NEWEST then return nil, 'newer-layout' end
  if layout < LAYOUT_OLDEST then return nil, 'no-state' end
  for key, expected in pairs(UNREAD) do
    local found = redis.call('TYPE', key).ok
    if found ~= expected and found ~= 'none' then error('drift: ' .. key .. ' is a ' .. found) end
  end
  local meta = {}
  for i, name in ipairs(SETTINGS) do meta[name] = tonumber(values[i]) or values[i] or '' end
  return meta
end

--@clock

-- How far the ledger's clock may run ahead of the last beat.
local CLOCK_STEP_MS_MAX = 5000

-- The ledger's clock in milliseconds, read once a script: Redis's, less what a beat has found it to have leapt
-- (skew). It never runs back, and while nobody vouches for it, it stands: a clock that leaps expires nothing.
local function read_clock(meta)
  local time, guarded = read_time()
  if guarded and meta.beat ~= '' then time = math.min(time - meta.skew, meta.beat + CLOCK_STEP_MS_MAX) end
  return math.max(meta.last, time)
end

-- The sale's status by the clock: opening and closing times count to the millisecond, whoever wrote them.
local function status_at(meta, now)
  if meta.closesAt ~= '' and now >= meta.closesAt then return 'closed' end
  if meta.status == 'scheduled' and meta.opensAt ~= '' and now >= meta.opensAt then return 'open' end
  return meta.status
end

-- Commands take at most about 8,000 arguments from Lua's stack.
local function call_in_chunks(command, key, list)
  for from = 1, #list, 4000 do
    redis.call(command, key, unpack(list, from, math.min(from + 3999, #list)))
  end
end

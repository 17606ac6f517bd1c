--[[ beat: vouches for the ledger's clock, by comparing how far Redis's and Postgres's have gone since the last beat.

KEYS     the sale's, see fragments/sale.lua
ARGV[1]  epoch
ARGV[2]  redis  Redis's clock as the caller read it just before Postgres's, in milliseconds
ARGV[3]  postgres  Postgres's clock, in milliseconds
ARGV[4]  leapt  whether Postgres's clock has leapt, by the steady clock of the caller: 'yes' | 'no' | 'unknown'

Returns {'beat'}: both went equally far; {'redis-leapt', ms} | {'postgres-leapt', ms}: one did not, and the ledger's clock
goes on as the other says; {'unsure', ms}: one did not, and the caller cannot tell which: nothing is written, the next
beat will tell; {'late', ms}: it was under way for so long that what it says of Postgres is old; {'unguarded'}: a test moves the clock; or {'no-state'} | {'stale-epoch'}.
Atomic because two guardians must not both take one leap back.
]]
--@include sale

local meta, refusal = read_meta(ARGV[1])
if refusal then return { refusal } end
local time, guarded = read_time()
if not guarded then return { 'unguarded' } end

-- A beat that waited, for a Redis that stood still or in a process that did, would take the wait for a leap.
local BEAT_AGE_MS_MAX = CLOCK_STEP_MS_MAX / 2
local seconds, micros = unpack(redis.call('TIME'))
local age = seconds * 1000 + math.floor(micros / 1000) - tonumber(ARGV[2])
if age < 0 or age > BEAT_AGE_MS_MAX then return { 'late', string.format('%.0f', age) } end

local skew, postgres = tonumber(meta.skew) or 0, tonumber(ARGV[3])
local word, leap = 'beat', 0
if meta.beat ~= '' then
  leap = (time - skew - meta.beat) - (postgres - meta.beatPg)
  if math.abs(leap) > CLOCK_STEP_MS_MAX then
    if ARGV[4] == 'unknown' then return { 'unsure', string.format('%.0f', leap) } end
    word = ARGV[4] == 'yes' and 'postgres-leapt' or 'redis-leapt'
    if word == 'redis-leapt' then skew = skew + leap end
  end
end
redis.call('HSET', META, 'skew', string.format('%.0f', skew), 'beat', string.format('%.0f', time - skew),
  'beatPg', string.format('%.0f', postgres))
return { word, string.format('%.0f', leap) }

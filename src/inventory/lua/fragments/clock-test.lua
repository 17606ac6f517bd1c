-- The test clock: Redis's, moved by the offset key. Loaded in place of clock.lua in test mode only.
local function read_clock(meta)
  local time = redis.call('TIME')
  local offset = tonumber(redis.call('GET', KEYS[2]) or '0')
  return math.max(meta.last, time[1] * 1000 + math.floor(time[2] / 1000) + offset)
end

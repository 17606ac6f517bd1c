-- The test clock: Redis's, moved by the offset key. Loaded in place of clock.lua in test mode only. The key is the offset,
-- alone or followed by ' guarded', which has the guardian's beats bound it as in production.
local function read_time()
  local time = redis.call('TIME')
  local offset, guarded = string.match(redis.call('GET', KEYS[2]) or '0', '^(%S+)( ?%a*)$')
  return time[1] * 1000 + math.floor(time[2] / 1000) + offset, guarded == ' guarded'
end

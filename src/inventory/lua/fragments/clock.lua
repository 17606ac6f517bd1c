-- Redis's clock in milliseconds, and whether the guardian's beats bound it: always, but for tests.
local function read_time()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000), true
end

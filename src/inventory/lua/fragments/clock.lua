-- Redis's clock in milliseconds, read once a script and never running back.
local function read_clock(meta)
  local time = redis.call('TIME')
  return math.max(meta.last, time[1] * 1000 + math.floor(time[2] / 1000))
end

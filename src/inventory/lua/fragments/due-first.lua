-- The head of a script that decides who has a unit: whatever is due is given back first, and the caller comes again.
-- Reading `meta` and the clock is part of it.
local meta, refusal = read_meta(ARGV[1])
if refusal then return { refusal } end
local now = read_clock(meta)
if #reclaim(now, 500) > 0 then
  write_returns()
  redis.call('HSET', META, 'last', now)
  return { 'reclaimed' }
end

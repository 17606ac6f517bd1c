-- Why a request is refused, in one line of text: the problem's code, then what a person needs to know, by spaces.
local fresh_holds, fresh_skus, fresh_end, next_expiry = {}, {}, 0, {}

-- The live holds of a customer, with those that this batch made.
local function holds_of(customer)
  local ids, live = {}, {}
  for id in string.gmatch(redis.call('HGET', CUSTOMER_REQUESTS, customer) or '', '%S+') do ids[#ids + 1] = id end
  if #ids == 0 then return live end
  for i, text in ipairs(redis.call('HMGET', HOLDS, unpack(ids))) do
    local hold = fresh_holds[ids[i]] or (text and unpack_hold(text))
    if hold then live[#live + 1] = { id = ids[i], units = units_of(hold) } end
  end
  return live
end

local function refuse_limit(request, limit, ordinal)
  local held, ids = 0, {}
  for _, hold in ipairs(holds_of(request.customer)) do
    ids[#ids + 1] = hold.id
    for of, units in pairs(hold.units) do
      if not ordinal or of == ordinal then held = held + #units end
    end
  end
  local counts = owned_by(request.customer)
  local total = ordinal and (counts.by[ordinal] or 0) or counts.total
  return 'customer-limit-reached ' .. limit .. ' ' .. held .. ' ' .. math.max(0, total - held) .. ' ' .. table.concat(ids, ',')
end

-- When the next hold of a SKU ends, looked for among the 64 that end first: a hint for a person, not a promise.
local function next_expiry_of(ordinal)
  if next_expiry[ordinal] then return next_expiry[ordinal] end
  local first = redis.call('ZRANGE', DUE, 0, 63, 'WITHSCORES')
  next_expiry[ordinal] = '0'
  if #first == 0 then return '0' end
  local ids = {}
  for i = 1, #first, 2 do ids[#ids + 1] = first[i] end
  for i, text in ipairs(redis.call('HMGET', HOLDS, unpack(ids))) do
    if text and units_of(unpack_hold(text))[ordinal] then
      next_expiry[ordinal] = first[i * 2]
      break
    end
  end
  return next_expiry[ordinal]
end

-- The holds of this batch stand in DUE only after it, and all of them end at once.
local function next_expiry_with_batch(ordinal)
  local due = next_expiry_of(ordinal)
  if not fresh_skus[ordinal] or (due ~= '0' and tonumber(due) <= fresh_end) then return due end
  return string.format('%.0f', fresh_end)
end

-- short: { { ordinal, requested, gone (named units that are not available) } }
local function refuse_stock(request, short)
  local code, parts, own = 'units-unavailable', {}, {}
  -- Who has nothing is not looked up: most who are refused, and a bot has dozens of requests to read.
  local live = owned_by(request.customer).total > 0 and holds_of(request.customer) or {}
  for _, hold in ipairs(live) do
    for ordinal, units in pairs(hold.units) do own[ordinal] = (own[ordinal] or 0) + #units end
  end
  for i, line in ipairs(short) do
    local sku = sku_of(line.ordinal)
    local taken = sku.held + sku.checkout
    if sku.available + taken == 0 then code = 'sold-out' end
    local others = math.max(0, taken - (own[line.ordinal] or 0))
    parts[i] = table.concat({ line.ordinal, line.requested, sku.available, others,
      next_expiry_with_batch(line.ordinal), table.concat(line.gone, ',') }, ':')
  end
  return code .. ' ' .. table.concat(parts, ' ')
end

-- Decides one request against the stock as the requests before it left it. Reads, refuses in the order of the problem
-- table, then takes (in the tables of stock.lua). Returns the lines of the hold, or nil and the refusal.

local function lines_of(request)
  local lines = {}
  for ordinal, price, kind, what in string.gmatch(request.lines, '(%d+) (%d+) ([qu]) ([%d,]+)') do
    local line = { ordinal = ordinal, price = price, named = kind == 'u', units = {} }
    if line.named then
      for unit in string.gmatch(what, '%d+') do line.units[#line.units + 1] = tonumber(unit) end
    end
    line.requested = line.named and #line.units or tonumber(what)
    lines[#lines + 1] = line
  end
  return lines
end

local function named_gone(line, taken)
  local gone = {}
  for _, unit in ipairs(line.units) do
    local key = line.ordinal .. ':' .. unit
    if taken[key] or not is_available(line.ordinal, unit) then gone[#gone + 1] = unit end
    taken[key] = true
  end
  return gone
end

local function room_of(meta, request, ordinal, sku)
  local counts, room, limit, by_sku = owned_by(request.customer), math.huge, nil, nil
  if meta.unitsPerCustomerMax > 0 then room, limit = meta.unitsPerCustomerMax - counts.total, meta.unitsPerCustomerMax end
  if sku.customer_max > 0 then
    local of_sku = sku.customer_max - (counts.by[ordinal] or 0)
    if of_sku < room then room, limit, by_sku = of_sku, sku.customer_max, ordinal end
  end
  return room, limit, by_sku
end

local function take(request, line, count)
  local sku = sku_of(line.ordinal)
  if line.named then
    for _, unit in ipairs(line.units) do take_unit(line.ordinal, sku, unit) end
  else
    line.units = take_lowest(line.ordinal, sku, count)
  end
  count_owned(request.customer, line.ordinal, #line.units)
  line.granted = #line.units
end

local function write_lines(lines)
  local parts = {}
  for i, line in ipairs(lines) do
    local units = line.granted and table.concat(line.units, ',') or ''
    parts[i] = table.concat({ line.ordinal, line.price, line.requested, line.named and 1 or 0, units }, ' ')
  end
  return table.concat(parts, ';')
end

-- Named lines first: a line that takes any unit must not take the one that another line names.
local function by_name_first(lines, visit)
  for _, line in ipairs(lines) do if line.named then visit(line) end end
  for _, line in ipairs(lines) do if not line.named then visit(line) end end
end

local function decide_all(meta, request, lines)
  local wanted, total = {}, 0
  for _, line in ipairs(lines) do
    wanted[line.ordinal] = (wanted[line.ordinal] or 0) + line.requested
    total = total + line.requested
  end
  local counts = owned_by(request.customer)
  if meta.unitsPerCustomerMax > 0 and counts.total + total > meta.unitsPerCustomerMax then
    return nil, refuse_limit(request, meta.unitsPerCustomerMax)
  end
  for ordinal, count in pairs(wanted) do
    local max = sku_of(ordinal).customer_max
    if max > 0 and (counts.by[ordinal] or 0) + count > max then return nil, refuse_limit(request, max, ordinal) end
  end
  local short, taken = {}, {}
  for _, line in ipairs(lines) do
    local gone = line.named and named_gone(line, taken) or {}
    if #gone > 0 or wanted[line.ordinal] > sku_of(line.ordinal).available then
      short[#short + 1] = { ordinal = line.ordinal, requested = line.requested, gone = gone }
    end
  end
  if #short > 0 then return nil, refuse_stock(request, short) end
  by_name_first(lines, function(line) take(request, line, line.requested) end)
  return write_lines(lines)
end

local function decide_partial(meta, request, lines)
  local short, granted, limited = {}, 0, nil
  by_name_first(lines, function(line)
    local sku = sku_of(line.ordinal)
    local room, limit, by_sku = room_of(meta, request, line.ordinal, sku)
    local gone = line.named and named_gone(line, {}) or {}
    local stock = line.named and (#gone == 0 and line.requested or 0) or math.min(line.requested, sku.available)
    local count = math.max(0, math.min(stock, room))
    if line.named and count < line.requested then count = 0 end
    if count > 0 then
      take(request, line, count)
      granted = granted + count
    elseif stock > 0 then
      limited = limited or { limit, by_sku }
    else
      short[#short + 1] = { ordinal = line.ordinal, requested = line.requested, gone = gone }
    end
  end)
  if granted > 0 then return write_lines(lines) end
  if limited then return nil, refuse_limit(request, limited[1], limited[2]) end
  return nil, refuse_stock(request, short)
end

local function decide(meta, sale_status, now, request)
  if now >= request.queued_at + meta.queueTimeoutMs then return nil, 'queue-timeout' end
  if sale_status == 'paused' then return nil, 'sale-paused' end
  if sale_status == 'closed' then return nil, 'sale-closed' end
  if sale_status ~= 'open' then return nil, 'sale-not-open' end
  local lines = lines_of(request)
  for _, line in ipairs(lines) do
    if not sku_of(line.ordinal) then return nil, 'internal' end
  end
  if request.mode == 'partial' then return decide_partial(meta, request, lines) end
  return decide_all(meta, request, lines)
end

-- Decides one request against the stock as the requests before it left it. Reads, refuses in the order of the problem
-- table, then takes (in the tables of stock.lua). Returns the lines of the hold, or nil and the refusal.

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
  if request.mode == 'partial' then return decide_partial(meta, request, lines) end
  return decide_all(meta, request, lines)
end

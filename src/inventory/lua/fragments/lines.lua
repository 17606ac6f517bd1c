-- The lines of a request while it is decided: read, taken from stock, written into the hold.

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
  fresh_skus[line.ordinal] = true
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

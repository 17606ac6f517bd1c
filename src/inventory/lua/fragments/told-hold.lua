-- The hold of a command that needs one that its customer was told of: the hold and its request's record; or nil, and
-- the answer that says why not.
local function told_hold(id, now)
  local hold_text = redis.call('HGET', HOLDS, id)
  local request_text = request_of(id, hold_text) or ''
  if not hold_text then
    local status = request_text == '' and 'held' or unpack_request(request_text).status
    if status == 'held' then return nil, { 'unknown' } end
    return nil, { 'not-held', status }
  end
  local hold = unpack_hold(hold_text)
  if hold.state == 'd' then return nil, { 'not-held', 'queued' } end
  if hold.state == 'h' and now >= hold.expires_at then return nil, { 'not-held', 'expired' } end
  return hold, request_text
end

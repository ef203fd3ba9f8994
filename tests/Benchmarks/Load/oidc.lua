-- Certificates from an identity provider's tokens: every request for a certificate carries an access token that the
-- answer to an exchange brought, each token once. Counts certificates.
-- arguments: EXCHANGES BYTES FIRST COUNT ISSUANCES BYTES FIRST COUNT THREADS
local started = 0
local threads = {}

function setup(thread)
  thread:set("index", started)
  thread:set("issued", 0)
  thread:set("failed", 0)
  table.insert(threads, thread)
  started = started + 1
end

local function open(args, at)
  local part = { size = tonumber(args[at + 1]) }
  local first, count, all = tonumber(args[at + 2]), tonumber(args[at + 3]), tonumber(args[9])
  part.left = math.floor(count / all)
  part.file = assert(io.open(args[at], "rb"))
  part.file:seek("set", (first + index * part.left) * part.size)
  return part
end

function init(args)
  exchanges, issuances = open(args, 1), open(args, 5)
  tokens, taken, given = {}, 0, 0
end

local function read(part)
  if part.left == 0 then
    wrk.thread:stop()
    return nil
  end
  part.left = part.left - 1
  return part.file:read(part.size)
end

function request()
  if given > taken then
    local one = read(issuances)
    if one then
      taken = taken + 1
      local token = tokens[taken]
      tokens[taken] = nil
      local from, to = one:find("@TOKEN@", 1, true)
      return one:sub(1, from - 1) .. token .. one:sub(to + 1)
    end
  end
  -- Out of requests: what wrk still sends before it stops is refused and not counted.
  return read(exchanges) or "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
end

function response(status, headers, body)
  if status ~= 200 then
    failed = failed + 1
    return
  end
  local token = body:match('"access_token":"([^"]+)"')
  if token then
    given = given + 1
    tokens[given] = token
  elseif body:find("server_certificate", 1, true) then
    issued = issued + 1
  end
end

function done(summary, latency)
  local errors, issued = summary.errors, 0
  for _, thread in ipairs(threads) do
    issued = issued + thread:get("issued")
  end
  io.write(string.format(
    "result %d %d %d %d %d\n",
    issued, summary.duration, latency:percentile(50), latency:percentile(99),
    errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end

-- Sends the requests of a file, each of the same length, one after the other; every thread has a part of its own.
-- arguments: FILE BYTES_PER_REQUEST FIRST COUNT wrap|once THREADS
local started = 0

function setup(thread)
  thread:set("index", started)
  started = started + 1
end

function init(args)
  size = tonumber(args[2])
  local first, count = tonumber(args[3]), tonumber(args[4])
  share = math.floor(count / tonumber(args[6]))
  from = first + index * share
  wrap = args[5] == "wrap"
  file = assert(io.open(args[1], "rb"))
  file:seek("set", from * size)
  used = 0
end

function request()
  if used == share then
    if not wrap then
      -- Out of requests: what wrk still sends before it stops is refused and not counted.
      wrk.thread:stop()
      return "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
    end
    used = 0
    file:seek("set", from * size)
  end
  used = used + 1
  return file:read(size)
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    "result %d %d %d %d %d\n",
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
    errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end

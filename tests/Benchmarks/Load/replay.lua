-- Sends the requests of a file, each of the same length, one after the other; every thread has a part of its own.
-- arguments: FILE BYTES_PER_REQUEST FIRST COUNT wrap|once THREADS
local ffi = require("ffi")
ffi.cdef("typedef struct { long seconds; long nanoseconds; } instant; int clock_gettime(int clock, instant *now);")
local MONOTONIC = 1
local threads = {}

local function microseconds()
  local now = ffi.new("instant")
  ffi.C.clock_gettime(MONOTONIC, now)
  return tonumber(now.seconds) * 1000000 + math.floor(tonumber(now.nanoseconds) / 1000)
end

function setup(thread)
  thread:set("index", #threads)
  table.insert(threads, thread)
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
  began = 0
  ended = 0
end

function request()
  if began == 0 then
    began = microseconds()
  end
  if used == share then
    if not wrap then
      -- Out of requests: what wrk still sends before it stops is refused and not counted.
      ended = ended == 0 and microseconds() or ended
      wrk.thread:stop()
      return "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
    end
    used = 0
    file:seek("set", from * size)
  end
  used = used + 1
  return file:read(size)
end

-- Out of requests before its time, a thread ends early, but wrk waits for its time to be over.
local function duration(summary)
  local first, last = math.huge, 0
  for _, thread in ipairs(threads) do
    if thread:get("ended") == 0 then
      return summary.duration
    end
    first = math.min(first, thread:get("began"))
    last = math.max(last, thread:get("ended"))
  end
  return last - first
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    "result %d %d %d %d %d\n",
    summary.requests, duration(summary), latency:percentile(50), latency:percentile(99),
    errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end

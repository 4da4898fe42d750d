-- Asks for addresses in turn with a log-in, counts what is not 2xx; arguments: file of addresses, cookie, accept.
local threads = {}
function setup(thread) thread:set("first", #threads) table.insert(threads, thread) end
function init(args)
  wanted, at, bad, other = {}, first * 97, 0, 0
  for line in io.lines(args[1]) do table.insert(wanted, line) end
  headers = {}
  if args[2] ~= "" then headers["Cookie"] = args[2] end
end
function request()
  at = at + 1
  return wrk.format("GET", wanted[at % #wanted + 1], headers)
end
function response(status) if status < 200 or status > 299 then bad = bad + 1 other = status end end
function done(summary, latency)
  local wrong, status = 0, 0
  for _, t in ipairs(threads) do
    wrong = wrong + t:get("bad")
    if t:get("other") > 0 then status = t:get("other") end
  end
  local e = summary.errors
  io.write(string.format('{"requests": %d, "us": %d, "bytes": %d, "bad": %d, "status": %d, "broken": %d, "p50": %.1f, "p99": %.1f}\n',
    summary.requests, summary.duration, summary.bytes, wrong, status, e.connect + e.read + e.write + e.timeout,
    latency:percentile(50) / 1000, latency:percentile(99) / 1000))
end

-- For wrk: BENCH_WORKLOAD is create or get; devices.tsv and sessions.txt are in BENCH_DIR.
local workload = os.getenv("BENCH_WORKLOAD")
local lines = {}
local headers = { ["Authorization"] = os.getenv("BENCH_AUTHORIZATION"), ["Content-Type"] = "application/json" }

local body = assert(io.open("bench/cart.json")):read("*a")

local threads = 0
function setup(thread)
  threads = threads + 1
  thread:set("seed", threads)
end

function init()
  math.randomseed(os.time() + seed)
  local file = workload == "create" and "/devices.tsv" or "/sessions.txt"
  for line in io.lines(os.getenv("BENCH_DIR") .. file) do
    lines[#lines + 1] = line:match("^%S+")
  end
end

function request()
  local id = lines[math.random(#lines)]
  if workload == "create" then
    return wrk.format("POST", "/ipp/v1/sessions", headers, body:format(id))
  end
  return wrk.format("GET", "/ipp/v1/sessions/" .. id, headers)
end

function done(summary, latency)
  local errors = summary.errors.connect + summary.errors.read + summary.errors.write
    + summary.errors.status + summary.errors.timeout
  io.write(string.format("RESULT %.1f %.3f %.3f %d\n", summary.requests / (summary.duration / 1e6),
    latency:percentile(50) / 1000, latency:percentile(99) / 1000, errors))
end

-- wrk asks what stands in the file named first: a key, a tab, a question. Each thread begins elsewhere.
local lines, at = {}, 0
local threads = 0

function setup(thread)
   thread:set("offset", threads * 50021)
   threads = threads + 1
end

function init(args)
   for line in io.lines(args[1]) do lines[#lines + 1] = line end
   at = offset
   wrk.method = "POST"
   wrk.path = args[2] or "/api/v1/verifications"
end

function request()
   at = at % #lines + 1
   local line = lines[at]
   local tab = line:find("\t", 1, true)
   return wrk.format("POST", wrk.path, {
      ["Authorization"] = "Bearer " .. line:sub(1, tab - 1),
      ["Content-Type"] = "application/json",
   }, line:sub(tab + 1))
end

local wrong = 0
function response(status)
   if status ~= 200 then wrong = wrong + 1 end
end

function done(summary, latency, requests)
   io.write(string.format('{"requests": %d, "seconds": %.3f, "p50_ms": %.3f, "p99_ms": %.3f, "max_ms": %.3f, "not_200": %d, "errors": %d}\n',
      summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3, latency.max / 1e3,
      summary.errors.status, summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout))
end

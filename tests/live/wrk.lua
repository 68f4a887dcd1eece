-- SPDX-License-Identifier: MIT
--
-- For wrk, started by tests/live/servers with `-- REQUESTS`: each thread makes so many requests and
-- no more. wrk itself stops at a moment in time, with answers on their way that nobody reads.
-- Writes the file answered.N when all answers of thread N (1, 2, …) are read, and at the end
-- wrk.counts: requests, bytes read, errors.

local threads, asked, answered = 0, 0, 0
local paths = { "/small", "/small", "/large" }

function setup(thread)
	threads = threads + 1
	thread:set("id", threads)
end

function init(args)
	limit = tonumber(args[1])
end

function delay()
	asked = asked + 1
	return asked <= limit and 0 or 10000000
end

function request()
	return wrk.format("GET", paths[asked % #paths + 1])
end

function response()
	answered = answered + 1
	if answered == limit then
		io.open("answered." .. id, "w"):close()
	end
end

function done(summary)
	local errors = 0
	for _, n in pairs(summary.errors) do
		errors = errors + n
	end
	io.open("wrk.counts", "w"):write(summary.requests, " ", summary.bytes, " ", errors, "\n")
end

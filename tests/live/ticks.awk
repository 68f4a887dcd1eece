# SPDX-License-Identifier: MIT
#
# Holds the books of ticks (first file) against tcptop-report --events --csv (second file): of each
# process and direction the recording must have the first so many calls, each with its bytes and at
# its time, and nothing else. Prints how much is missing, as pid, dir, calls there, calls, and the
# milliseconds before the kill at which the first one missing returned; 0: nothing that came before it.
# With whole=1 nothing may be missing. slack: microseconds by which clocks may differ; astray: calls
# that may be further off than that, where the clock is set.
BEGIN { FS = ","; if (!slack) slack = 2000 }

FNR == NR && $1 == "killed" { killed = $2; next }
FNR == NR {
	key = $1 "," $2
	n = ++made[key]
	before[key, n] = $3; after[key, n] = $4; bytes[key, n] = $5
	next
}
FNR == 1 { for (i = 1; i <= NF; i++) column[$i] = i; next }
{
	key = $column["pid"] "," $column["dir"]
	if (!(key in made))
		next
	n = ++seen[key]
	split($column["epoch"], t, ".")
	# Not from 0 on, which is octal to busybox.
	us = t[1] * 1000000 + ("1" t[2]) - 1000000
	if ($column["calls"] != 1 || $column["bytes"] != bytes[key, n]) {
		print key ": sample " n " has " $column["bytes"] " bytes of " $column["calls"] \
			" calls; the books have " bytes[key, n]
		bad = 1
		exit
	}
	if ((us < before[key, n] - slack || us > after[key, n] + slack) && ++off > astray) {
		print key ": sample " n " is at " us "; the call was between " before[key, n] \
			" and " after[key, n]
		bad = 1
		exit
	}
}
END {
	for (key in made) {
		n = seen[key] + 1
		missing = n <= made[key] && after[key, n] < killed ? killed - after[key, n] : 0
		if (!bad)
			printf "%s,%d,%d,%.1f\n", key, seen[key], made[key], missing / 1000
		if (whole && n <= made[key])
			bad = 1
	}
	exit bad
}

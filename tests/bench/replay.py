# SPDX-License-Identifier: MIT
"""What replaying costs, beside databases and text tools that are given the same samples."""

import os
import pathlib
import shutil
import tempfile

from databases import DuckDb
from processes import Failed, run, timed

KEYS = "pid,comm,proto,laddr,lport,raddr,rport"

# Columns of `--events --csv`: see tcptop-report(1). Session keys are fields 3 to 12.
AWK_KEY = "k = $4 SUBSEP $5 SUBSEP $7 SUBSEP $9 SUBSEP $10 SUBSEP $11 SUBSEP $12"
AWK_TABLE = (
    "NR > 1 { " + AWK_KEY + "; s[int($1) SUBSEP k] += $14 } "
    'END { for (k in s) print k, s[k] }'
)
AWK_TOP = "NR > 1 { " + AWK_KEY + "; s[k] += $14 } END { for (k in s) print s[k], k }"

SQL_TABLE = (
    f"SELECT floor(epoch), {KEYS}, sum(CASE WHEN dir = 'rx' THEN bytes END), "
    f"sum(CASE WHEN dir = 'tx' THEN bytes END) FROM %s GROUP BY 1, {KEYS}"
)
SQL_TOP = f"SELECT {KEYS}, sum(bytes) AS b FROM %s GROUP BY {KEYS} ORDER BY b DESC LIMIT 10"

TABLE = "a table of each second by session"
TOP = "the ten largest sessions"


class Replay:
    """A recording of so many samples, in a folder that goes away with it."""

    def __init__(self, bench, samples, folder):
        self.bench = bench
        self.report = f"{bench.build}/tcptop-report"
        self.data = pathlib.Path(folder, "data")
        self.csv = pathlib.Path(folder, "rows.csv")
        self.parquet = pathlib.Path(folder, "rows.parquet")
        with open(self.data, "wb") as out:
            timed(bench.build, [f"{bench.build}/tests/bench/noisy", str(samples)], stdout=out)

    def measure(self, section, figure, who, words, rounds):
        """Wall and CPU seconds and memory, over so many runs."""
        for _ in range(rounds):
            try:
                wall, cpu, size = timed(self.bench.build, words)
            except Failed as failure:
                self.bench.figures.absent(section, f"{who}: {figure}", str(failure))
                return
            self.bench.figures.add(section, f"{figure}: seconds", who, wall)
            self.bench.figures.add(section, f"{figure}: CPU seconds", who, cpu)
            self.bench.figures.add(section, f"{figure}: MiB", who, size)

    def ours(self, section, rounds):
        self.measure(section, TABLE, "tcptop", [self.report, "--csv", str(self.data)], rounds)
        self.measure(section, TOP, "tcptop", [self.report, "--top", str(self.data)], rounds)


def _with_duckdb(replay, section):
    duckdb = DuckDb(replay.bench.build)
    why = duckdb.missing()
    if why:
        replay.bench.figures.absent(section, "DuckDB", why)
        return
    csv, parquet = f"'{replay.csv}'", f"'{replay.parquet}'"
    run(duckdb.words(f"COPY (FROM {csv}) TO {parquet} (FORMAT parquet, COMPRESSION zstd)"))
    rounds = replay.bench.rounds
    for who, source, threads in (
        ("DuckDB on Parquet (zstd)", parquet, os.cpu_count()),
        ("DuckDB on Parquet, 1 thread", parquet, 1),
        ("DuckDB on CSV", csv, os.cpu_count()),
    ):
        for figure, query in ((TABLE, SQL_TABLE), (TOP, SQL_TOP)):
            replay.measure(section, figure, who, duckdb.words(query % source, threads), rounds)


def _with_text_tools(replay, section):
    """Slow enough that one run tells."""
    csv = str(replay.csv)
    database = str(replay.csv.with_suffix(".db"))
    sums = ["stats1", "-a", "sum", "-f", "bytes", "-g"]
    tools = {
        "mawk on CSV": ("mawk", ["mawk", "-F,", AWK_TABLE, csv], ["mawk", "-F,", AWK_TOP, csv]),
        "sqlite3, imported": (
            "sqlite3",
            ["sqlite3", database, SQL_TABLE.replace("floor(epoch)", "CAST(epoch AS INT)") % "r"],
            ["sqlite3", database, SQL_TOP % "r"],
        ),
        "Miller on CSV": (
            "mlr",
            ["mlr", "--icsv", "--ojson", "put", "$second = floor($epoch)", "then", *sums]
            + [f"second,{KEYS}", csv],
            ["mlr", "--icsv", "--ojson", *sums, KEYS, "then", "top", "-n", "10", "-f", "bytes_sum", csv],
        ),
    }
    for who, (program, table, top) in tools.items():
        if not shutil.which(program):
            replay.bench.figures.absent(section, who, f"no {program} here")
            continue
        if program == "sqlite3":
            load = ["sqlite3", database, ".mode csv", f".import '{csv}' r"]
            replay.measure(section, "importing", who, load, 1)
        replay.measure(section, TABLE, who, table, 1)
        replay.measure(section, TOP, who, top, 1)


def beside_peers(bench, samples):
    section = f"Replay of {samples:,} noisy samples, cache warm"
    with tempfile.TemporaryDirectory() as folder:
        replay = Replay(bench, samples, folder)
        replay.ours(section, bench.rounds)
        with open(replay.csv, "wb") as out:
            timed(bench.build, [replay.report, "--events", "--csv", str(replay.data)], stdout=out)
        bench.figures.add(section, "bytes a sample", "tcptop", replay.data.stat().st_size / samples)
        bench.figures.add(section, "bytes a sample", "CSV", replay.csv.stat().st_size / samples)
        _with_duckdb(replay, section)
        if replay.parquet.exists():
            size = replay.parquet.stat().st_size / samples
            bench.figures.add(section, "bytes a sample", "Parquet (zstd)", size)
        _with_text_tools(replay, section)
        _limit(replay, section)
    bench.figures.show(section, "tcptop")


def _limit(replay, section):
    """What reading the file alone costs."""
    replay.measure(section, TABLE, "limit: cat of the recording", ["cat", str(replay.data)], 3)
    replay.measure(section, "limit: counting the lines of the CSV", "wc -l", ["wc", "-l", str(replay.csv)], 1)


def growth(bench, samples):
    """The same questions of more and more samples."""
    for count in samples:
        section = f"Growth: {count:,} samples"
        with tempfile.TemporaryDirectory() as folder:
            space = shutil.disk_usage(folder).free
            if space < 6 * count:
                bench.figures.absent(section, "all", f"only {space >> 20} MiB of disk are free")
                bench.figures.show(section, "tcptop")
                continue
            replay = Replay(bench, count, folder)
            bench.figures.add(section, "MiB of file", "tcptop", replay.data.stat().st_size / 2**20)
            replay.ours(section, bench.rounds if count < 100_000_000 else 1)
            middle = [replay.report, "--top", "--since", f"+{count // 200_000}s"]
            middle += ["--until", f"+{count // 200_000 + 10}s", str(replay.data)]
            replay.measure(section, "ten seconds in the middle", "tcptop", middle, bench.rounds)
        bench.figures.show(section, "tcptop")

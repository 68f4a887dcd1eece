# SPDX-License-Identifier: MIT
"""The tests of tests/tables/run; each takes a Place."""

import csv
import decimal
import glob
import io
import json
import os
import re
import sqlite3

import calc
import recipes

# What a process, and a cgroup, may call itself.
HOSTILE = [
    b"nginx", b"plain", b"two words", b"=1+1", b'a,"b', b"line\nbreak\r", b"+1", b"-2", b"@SUM(A1)",
    b"\t=1", b"1e5", b"2026-11-20", b"0123", b"TRUE", b"1/2", b"12:30", b"1,5", b"12345678e901",
    b"192.168.1", b"\x1b[31mred\x1b[m", b"\xff\xfe\x80", b"\xed\xa0\x80", b"\xc0\xaf", b"\xf4\x90\x80\x80",
    "naïve-日本-🙂".encode(), "\u202eevil".encode(), "＝1".encode(), b"'=1", b"'", b"''", b'"', b'""=1',
    b"x;=1+1;y", b';"=1"', b"\\x41", b"\\", b"\\\\", b"x\\", b" =1+1", b"#REF!", b"{1}", b"\\N", b"NULL",
    b"null", b"\x7f\x01", b"a|b", b"%s%n", b"$(id)", b"Mar-1", b"Jan 1", b"1 pm", b"\xc2\xa05",
    b"<b>&amp;", "\ufeffbom".encode(), "\u2028".encode(), b"0x10", b"inf", b"NaN", b"=cmd|'/c x'!A1",
    b" TRUE", b"false ", b"dec.1", b"Sept-2", b"Jan 1, 1999", b"1-Jan-2026", b"Monday, January 5, 2026",
    b"2026-1-1T1:1", b"1:30am", "\u202f5".encode(), "5\u00a0".encode(), b"1 2/3",
]

SESSION = "host,pid,comm,cgroup,proto,family,laddr,lport,raddr,rport"
KEYS = {
    "session": SESSION, "process": "host,pid,comm,cgroup", "peer": "host,raddr,rport",
    "comm": "host,comm", "cgroup": "host,cgroup", "laddr": "host,laddr", "raddr": "host,raddr",
    "lport": "host,lport", "rport": "host,rport",
}
VIEWS = {
    "intervals": ("epoch,time,seconds,{},rx_calls,tx_calls,rx_bytes,tx_bytes", ("60",)),
    "top": ("rank,{},rx_calls,tx_calls,rx_bytes,tx_bytes,first_epoch,last_epoch", ("--top=1000",)),
    "events": ("epoch,time,{},dir,bytes,calls", ("--events",)),
}
TEXTS = {"host", "comm", "cgroup", "proto", "laddr", "raddr", "dir"}
NAMES = {"host", "comm", "cgroup"}
TIMES = {"time", "first_time", "last_time"}


class Skip(Exception):
    pass


def hostile(place):
    """a.data: a host and processes with such names."""
    with open(place.path("a.data"), "wb") as data:
        data.write(place.run("make_tables", b"=host;1", "client", *HOSTILE))


def fleet(place):
    """web1.data and db1.data: the two ends of the same connections, and more."""
    for host, side, names in (("web1", "client", HOSTILE), ("db1", "server", [b"postgres"] * 7)):
        with open(place.path(f"{host}.data"), "wb") as data:
            data.write(place.run("make_tables", host, side, *names))


def rows_of(text):
    """Of CSV; by names of columns."""
    return list(csv.DictReader(io.StringIO(text.decode("utf-8"), newline=""), strict=True))


def number(text):
    return decimal.Decimal(text)


# --- What is printed -----------------------------------------------------------------------------


def columns_are_those_promised(place):
    hostile(place)
    for names, view in VIEWS.values():
        for by, key in KEYS.items():
            lines = place.report("--csv", f"--by={by}", *view, "a.data").decode("utf-8").split("\n")
            promised = names.format(key)
            assert (lines[0] + ",").startswith(promised + ","), (lines[0], promised)
            width = len(lines[0].split(","))
            assert lines.pop() == ""
            table = list(csv.reader(lines, strict=True))
            assert len(table) == len(lines) > 1, "a row is a line"
            assert {len(row) for row in table} == {width}
            text = "".join(lines)
            assert not re.search("[\x00-\x1f\x7f-\x9f;\u2028\u202e\ufeff]", text)


def json_is_csv(place):
    hostile(place)
    for _, view in VIEWS.values():
        lines = place.report("--json", *view, "a.data").decode("utf-8").splitlines()
        objects = [json.loads(line, parse_float=str, parse_int=str) for line in lines]
        rows = [row for row in objects if "lost" not in row]
        assert len(rows) == len(lines) - 1, "one loss"
        expected = rows_of(place.report("--csv", *view, "a.data"))
        assert len(rows) == len(expected) > 0
        for row, cells in zip(rows, expected):
            assert list(row) == list(cells)
            for name, value in row.items():
                if name in NAMES:
                    value, cells[name] = same_name("'" + value), same_name(cells[name])
                assert value == cells[name], (name, value, cells[name])
        strict = [type(value) for value in json.loads(lines[0]).values()]
        assert strict.count(str) == len(set(rows[0]) & (TEXTS | TIMES))


def names_can_be_had_back(place):
    hostile(place)
    undo = {}
    exec(recipes.Recipes().one("python"), undo)  # pylint: disable=exec-used
    for _, view in VIEWS.values():
        found = [(row["host"], row["comm"], row["cgroup"])
                 for row in rows_of(place.report("--csv", *view, "a.data"))]
        raw = {tuple(undo["raw_bytes"](cell) for cell in row) for row in found}
        assert raw == {(b"=host;1", name, name) for name in HOSTILE}, raw
        objects = map(json.loads, place.report("--json", *view, "a.data").splitlines())
        raw = {undo["raw_bytes"](o["comm"], csv=False) for o in objects if "comm" in o}
        assert raw == set(HOSTILE), raw


def decimals_have_points(place):
    """Whatever the locale says."""
    place.has("localedef", "/usr/share/i18n/locales/de_DE")
    hostile(place)
    place.run("localedef", "-i", "de_DE", "-f", "UTF-8", place.path("de_DE.UTF-8"))
    german = {"LOCPATH": place.directory, "LC_ALL": "de_DE.UTF-8"}
    comma = place.run("awk", "BEGIN { printf \"%.1f\", 1.5 }", environment=german)
    printf = place.run("/usr/bin/printf", "%.1f", "1,5", environment=german)
    assert b"1,5" in (comma, printf), "no program here follows the locale"
    for _, view in VIEWS.values():
        for form in ("--csv", "--json"):
            expected = place.report(form, *view, "a.data")
            found = place.run("tcptop-report", form, *view, "a.data", environment=german)
            assert found == expected


# --- Spreadsheets --------------------------------------------------------------------------------


def check_cell(name, text, cell):
    """Is a cell of Calc what the CSV says, with the right type?"""
    assert cell.formula is None, cell
    if text == "":
        assert cell.kind == "empty", cell
    elif name in TEXTS:
        assert (cell.kind, cell.text) == ("string", text), (text, cell)
    elif name in TIMES:
        assert cell.kind == "date", (text, cell)
        assert cell.value == text.replace(" ", "T"), (text, cell)
    else:
        assert cell.kind == "float", (text, cell)
        # Fifteen digits are what Calc keeps.
        assert abs(number(cell.value) - number(text)) <= abs(number(text)) * decimal.Decimal("1e-14")


def calc_reads_each_view(place):
    """As the document says: times, numbers and text, cell by cell."""
    place.has("soffice")
    hostile(place)
    place.shell(recipes.Recipes().one("sh", "soffice"))
    for view in VIEWS:
        with open(place.path(view + ".csv"), encoding="utf-8", newline="") as file:
            expected = list(csv.reader(file))
        found = calc.read(place.path(view + ".ods"))
        assert len(found) == len(expected) > len(HOSTILE), view
        assert [cell.text for cell in found[0]] == expected[0]
        for row, cells in zip(expected[1:], found[1:]):
            for name, text, cell in zip(expected[0], row, cells, strict=True):
                check_cell(name, text, cell)


def calc_runs_nothing(place):
    """Nor turns a name into something else, whatever is chosen when a file is opened."""
    place.has("soffice")
    hostile(place)
    with open(place.path("top.csv"), "wb") as file:
        file.write(place.report("--csv", "--top=1000", "a.data"))
    rows = rows_of(place.report("--csv", "--top=1000", "a.data"))
    separators = {"comma": "44", "semicolon": "59", "both": "44/59", "tab": "9"}
    options = [None] + [f"{separator},34,76,1,,1033,false,{special}"
                        for separator in separators.values() for special in ("false", "true")]
    for choice in options:
        found = calc.convert(place, "top.csv", choice)
        assert not [cell for row in found for cell in row if cell.formula or "Err:" in cell.text]
        if choice and choice.startswith("44,"):
            for row, cells in zip(rows, found[1:]):
                for name, cell in zip(row, cells):
                    if name in TEXTS:
                        assert (cell.kind, cell.text.strip()) == ("string", row[name].strip()), cell


def a_language_may_spoil_addresses(place):
    """The document warns of it."""
    place.has("soffice")
    hostile(place)
    with open(place.path("top.csv"), "wb") as file:
        file.write(place.report("--csv", "--top=1", "--pid=1000", "a.data"))
    for language, kind in (("1033", "string"), ("1031", "float")):
        header, row = calc.convert(place, "top.csv", f"44,34,76,1,,{language},false,true")
        address = row[[cell.text for cell in header].index("laddr")]
        assert address.kind == kind, address


# --- Databases -----------------------------------------------------------------------------------

SUMS = {
    "intervals": "SUM(rx_calls), SUM(tx_calls), SUM(rx_bytes), SUM(tx_bytes)",
    "top": "SUM(rx_calls), SUM(tx_calls), SUM(rx_bytes), SUM(tx_bytes)",
    "events": ", ".join(f"SUM(CASE WHEN dir = '{d}' THEN {what} ELSE 0 END)"
                        for what in ("calls", "bytes") for d in ("rx", "tx")),
}


def plain(value):
    """The same figure is the same text, whichever engine it comes from."""
    try:
        return format(round(number(str(value)), 4).normalize(), "f")
    except decimal.InvalidOperation:
        return str(value).replace("::ffff:", "")


def table_of(rows):
    return [tuple(plain(value) for value in row) for row in rows]


def json_lines(text):
    return [json.loads(line) for line in text.splitlines()]


class Database:
    def ask(self, query):
        return table_of(self.rows(query))


class Sqlite(Database):
    def __init__(self, place):
        place.has("sqlite3")
        self.place = place

    def run(self, script):
        self.place.run("sqlite3", "-bail", "fleet.db", input=script.encode())

    def rows(self, query):
        with sqlite3.connect(self.place.path("fleet.db")) as connection:
            return [row for part in query.split(";\n") for row in connection.execute(part)]


class Engine(Database):
    """DuckDB or ClickHouse."""

    def __init__(self, place, program, package):
        place.has("node", "npm:" + package)
        self.place = place
        self.program = program

    def run(self, script):
        return self.place.run(self.program, input=script.encode())

    def rows(self, query):
        return json_lines(self.run(query))


def Duckdb(place):
    return Engine(place, "duckdb", "@duckdb/node-api")


def Clickhouse(place):
    return Engine(place, "clickhouse-client", "chdb")


def same_name(cell):
    """The same name is the same text, from CSV and JSON."""
    return re.sub("^'", "", cell).replace(";", "\\x3B")


def check_sums(place, engine, view, files=("a.data",)):
    found = engine.ask(f"SELECT host, pid, {SUMS[view]} FROM {view} GROUP BY host, pid")
    columns = ("host", "pid", "rx_calls", "tx_calls", "rx_bytes", "tx_bytes")
    expected = table_of([row[name] for name in columns]
                        for row in rows_of(place.report("--csv", "--top=100000", *files)))
    found, expected = (sorted((same_name(host), *figures) for host, *figures in table)
                       for table in (found, expected))
    assert found == expected, (view, found[:3], expected[:3])


def check_names(place, engine, view):
    """Text is what JSON has; from CSV a semicolon remains escaped."""
    objects = json_lines(place.report("--json", "--top=1000", "a.data"))
    expected = {row["comm"].replace(";", "\\x3B") for row in objects if "comm" in row}
    found = engine.rows(f"SELECT DISTINCT comm, cgroup, host FROM {view}")
    assert len(found) == len(HOSTILE)
    assert {comm.replace(";", "\\x3B") for comm, _, _ in found} == expected
    assert all(comm == cgroup for comm, cgroup, _ in found)
    assert {host.replace(";", "\\x3B") for _, _, host in found} == {"=host\\x3B1"}


def each_view(place, engine, name):
    """Loads the views from CSV, and then from JSON, into the tables of the document."""
    doc = recipes.Recipes()
    place.shell(doc.one("sh", "intervals.json"))
    for form in ("csv", "json"):
        for old in glob.glob(place.path("fleet.*")):
            os.remove(old)
        engine.run(doc.one(f"sql {name} tables"))
        loads = doc.all(f"sql {name} {form}")
        if form == "csv":
            loads = [load.replace("intervals", view) for view in VIEWS for load in loads]
        for load in loads:
            engine.run(load)
        for view in VIEWS:
            if (name, form) == ("sqlite", "json") and view != "events":
                continue
            check_sums(place, engine, view)
            check_names(place, engine, view)
        if form == "json":
            losses = engine.ask("SELECT host, cause, rx_calls, tx_calls, rx_bytes, tx_bytes FROM losses")
            assert losses == [("=host;1", "ring full", "3", "40", "3000", "655360")], losses


def sqlite_loads_each_view(place):
    hostile(place)
    engine = Sqlite(place)
    each_view(place, engine, "sqlite")
    kinds = engine.ask("SELECT DISTINCT typeof(epoch), typeof(time), typeof(pid), typeof(comm), "
                       "typeof(laddr), typeof(bytes) FROM events")
    assert kinds == [("real", "text", "integer", "text", "text", "integer")], kinds


def duckdb_loads_each_view(place):
    hostile(place)
    engine = Duckdb(place)
    each_view(place, engine, "duckdb")
    engine.run(recipes.Recipes().one("sql duckdb parquet"))
    columns = "host, pid, dir, SUM(calls), SUM(bytes), MIN(epoch), MAX(time)"
    grouped = "GROUP BY host, pid, dir ORDER BY host, pid, dir"
    parquet = engine.ask(f"SELECT {columns} FROM 'events.parquet' {grouped}")
    assert parquet == engine.ask(f"SELECT {columns} FROM events {grouped}")
    assert len(parquet) == 2 * len(HOSTILE)


def clickhouse_loads_a_fleet(place):
    fleet(place)
    engine = Clickhouse(place)
    doc = recipes.Recipes()
    for load in (doc.one("sh", "JSONEachRow"), doc.one("sh clickhouse csv")):
        engine.run("DROP TABLE IF EXISTS events;\nDROP TABLE IF EXISTS losses;\n")
        engine.run(doc.one("sql clickhouse tables"))
        place.shell(load)
        check_sums(place, engine, "events", ("web1.data", "db1.data"))
    undo = "SELECT DISTINCT replaceRegexpOne(comm, '^''', '') FROM events WHERE pid = 1003"
    assert sorted(engine.ask(undo)) == [("=1+1",), ("postgres",)], engine.ask(undo)


# --- The questions of an incident ----------------------------------------------------------------


def top(place, by, names, *options):
    rows = rows_of(place.report("--utc", "--csv", "--top", f"--by={by}", *options))
    return table_of([re.sub("^'", "", row[name]) for name in names] +
                    [int(row["rx_bytes"]) + int(row["tx_bytes"])] for row in rows)


def by_the_report(place):
    """What the report itself answers to the questions, in their order."""
    both = ("web1.data", "db1.data")
    shared = rows_of(place.report("--csv", "--top", "--port=40000", *both))
    ends = [[row["host"], row["comm"], way, row[way + "_calls"], row[way + "_bytes"]]
            for way in ("rx", "tx") for row in sorted(shared, key=lambda row: row["host"])]
    (nginx,) = rows_of(place.report("--utc", "--csv", "--top", "--pid=1000", "web1.data"))
    lost = [row["lost"] for row in json_lines(place.report("--json", "--top", *both)) if "lost" in row]
    return [
        top(place, "comm", ("host", "comm"), "--since=03:10", "--until=03:15", *both),
        top(place, "peer", ("raddr", "rport"), "--comm=nginx", "web1.data"),
        table_of([[nginx["first_time"], nginx["last_time"]]]),
        table_of(ends),
        top(place, "cgroup", ("host", "cgroup"), *both),
        table_of([row["host"], row["cause"], row["rx_calls"] + row["tx_calls"],
                  row["rx_bytes"] + row["tx_bytes"]] for row in lost),
    ]


def check_answers(place, engine):
    answers = [engine.ask(query) for query in recipes.Recipes().all("sql")]
    connection, stalls = answers[2][:1], answers[2][1:]
    answers[2] = connection
    for found, expected in zip(answers, by_the_report(place), strict=True):
        assert found == expected and found, (found, expected)
    # The connection stalls for 21 rounds of 3 s, less what a round takes.
    assert stalls[0] == ("2026-11-20 03:09:00", plain(63 - 0.000313)), stalls
    assert [float(silence) < 3.1 for _, silence in stalls] == [False, True, True], stalls


def clickhouse_answers_the_questions(place):
    fleet(place)
    engine = Clickhouse(place)
    doc = recipes.Recipes()
    engine.run(doc.one("sql clickhouse tables"))
    place.shell(doc.one("sh", "JSONEachRow"))
    check_answers(place, engine)


def others_answer_them_alike(place):
    """The same words in DuckDB and SQLite."""
    fleet(place)
    doc = recipes.Recipes()
    place.shell("""tcptop-report --utc --events --json web1.data db1.data >fleet.json
grep -v '^{"lost":' fleet.json >events.json
sed -n 's/^{"lost":\\(.*\\)}$/\\1/p' fleet.json >losses.json
: >intervals.json; : >top.json""")
    for name, engine in (("duckdb", Duckdb(place)), ("sqlite", Sqlite(place))):
        engine.run(doc.one(f"sql {name} tables"))
        engine.run("".join(doc.all(f"sql {name} json")))
        check_answers(place, engine)


ALL = [
    columns_are_those_promised, json_is_csv, names_can_be_had_back, decimals_have_points,
    calc_reads_each_view, calc_runs_nothing, a_language_may_spoil_addresses,
    sqlite_loads_each_view, duckdb_loads_each_view, clickhouse_loads_a_fleet,
    clickhouse_answers_the_questions, others_answer_them_alike,
]

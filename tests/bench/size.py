# SPDX-License-Identifier: MIT
"""Bytes a call: real servers at work, seen by tcptop and its peers at once."""

import pathlib
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time

from databases import DuckDb
from processes import LIMIT, Failed, run, timed
from recorders import PerfZ, Tcpdump, Tcptop

NGINX = """
daemon off; pid nginx.pid; error_log error.log; worker_processes 1;
events {{ worker_connections 1024; }}
http {{ access_log off; server {{ listen 127.0.0.1:{port}; root .; }} }}
"""


def _free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def _wait_for(port):
    for _ in range(200):
        with socket.socket() as s:
            if not s.connect_ex(("127.0.0.1", port)):
                return
        time.sleep(0.05)
    raise Failed(f"nothing listens on port {port}")


class Work:
    """A server under load; `needs` are its programs."""

    def __init__(self, name, needs, server, client):
        self.name, self.needs, self.server, self.client = name, needs, server, client

    def do(self, folder, seconds):
        port = _free_port()
        words = self.server(folder, port)
        serving = None
        if words:
            serving = subprocess.Popen(
                words, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )
        try:
            if serving:
                _wait_for(port)
            run(self.client(port, seconds), cwd=folder)
        finally:
            if serving:
                serving.send_signal(signal.SIGTERM)
                serving.wait(LIMIT)


def _nginx(folder, port):
    pathlib.Path(folder, "nginx.conf").write_text(NGINX.format(port=port))
    pathlib.Path(folder, "index.html").write_text("x" * 4096)
    pathlib.Path(folder, "index.html").chmod(0o644)
    pathlib.Path(folder).chmod(0o755)
    return ["nginx", "-p", str(folder), "-c", "nginx.conf", "-e", "error.log"]


def _redis(_, port):
    return ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", ""]


def _iperf3(_, port):
    return ["iperf3", "-s", "-p", str(port)]


def _paced(build, rate):
    traffic = f"{build}/tests/live/traffic"
    return lambda port, seconds: [
        traffic, "--books", "books", "--rate", str(rate), "--seconds", str(5 * seconds)
    ]


def _works(build):
    return [
        Work(
            "redis-benchmark, 50 connections", ("redis-server", "redis-benchmark"), _redis,
            lambda port, s: ["redis-benchmark", "-p", str(port), "-t", "set,get", "-n", str(40_000 * s), "-q"],
        ),
        Work(
            "nginx and wrk, 64 connections", ("nginx", "wrk"), _nginx,
            lambda port, s: ["wrk", "-t1", "-c64", f"-d{s}s", f"http://127.0.0.1:{port}/index.html"],
        ),
        Work(
            "iperf3", ("iperf3",), _iperf3,
            lambda port, s: ["iperf3", "-c", "127.0.0.1", "-p", str(port), "-t", str(s), "-l", "16K"],
        ),
        Work("1,000 calls/s", (), lambda *_: None, _paced(build, 1000)),
        Work("100 calls/s", (), lambda *_: None, _paced(build, 100)),
    ]


def _limit(bench, data):
    """What xz -9 makes of the very same columns, by format_bench."""
    said = run([f"{bench.build}/tests/bench/format_bench", str(data)]).stdout
    found = re.search(r"^\s+all\s+[\d.]+\s+([\d.]+)$", said, re.M)
    return float(found.group(1)) if found else None


def _others_of(bench, section, figure, folder, samples):
    """The same samples as CSV and as Parquet."""
    csv, parquet = pathlib.Path(folder, "rows.csv"), pathlib.Path(folder, "rows.parquet")
    with open(csv, "wb") as out:
        timed(bench.build, [f"{bench.build}/tcptop-report", "--events", "--csv", f"{folder}/tcptop/data"], stdout=out)
    if shutil.which("zstd"):
        packed = run(["zstd", "-q", "-3", "-k", str(csv)]) and csv.with_suffix(".csv.zst")
        bench.figures.add(section, figure, "CSV (zstd -3)", packed.stat().st_size / samples)
    duckdb = DuckDb(bench.build)
    why = duckdb.missing()
    if why:
        bench.figures.absent(section, "Parquet", why)
        return
    run(duckdb.words(f"COPY (FROM '{csv}') TO '{parquet}' (FORMAT parquet, COMPRESSION zstd)"))
    bench.figures.add(section, figure, "Parquet (zstd)", parquet.stat().st_size / samples)


def _record(bench, section, work, folder):
    recorders = [Tcptop(bench.build), PerfZ(bench.build), Tcpdump(bench.build)]
    recorders = [r for r in recorders if not r.missing()]
    server = pathlib.Path(folder, "server")
    server.mkdir()
    try:
        for recorder in recorders:
            home = pathlib.Path(folder, recorder.name.split()[0])
            home.mkdir()
            recorder.start(home)
        work.do(server, bench.seconds)
        for recorder in recorders:
            recorder.stop()
    finally:
        for recorder in recorders:
            recorder.kill()
    return recorders


def of_servers(bench):
    section = "Bytes a call, both ends recorded, by all recorders at once"
    for work in _works(bench.build):
        absent = [program for program in work.needs if not shutil.which(program)]
        if absent:
            bench.figures.absent(section, work.name, f"no {absent[0]} here")
            continue
        with tempfile.TemporaryDirectory() as folder:
            pathlib.Path(folder).chmod(0o755)
            try:
                recorders = _record(bench, section, work, folder)
            except Failed as failure:
                bench.figures.absent(section, work.name, str(failure))
                continue
            samples = recorders[0].samples
            figure = f"{work.name}, {samples:,} samples"
            for recorder in recorders:
                bench.figures.add(section, figure, recorder.name, recorder.size / samples)
            _others_of(bench, section, figure, folder, samples)
            limit = _limit(bench, pathlib.Path(folder, "tcptop", "data"))
            if limit:
                bench.figures.add(section, figure, "limit: the columns by xz -9", limit)
    bench.figures.show(section, Tcptop.name)

# SPDX-License-Identifier: MIT
"""Who records: tcptop, its peers, and the least that any of them could cost.

Each recorder is started, sees traffic, and is stopped; afterwards `size` is the bytes that it has
written and `lost` the events that it says it has lost.
"""

import pathlib
import re
import shutil
import time

from processes import Background, Failed, last_line, run

LIMIT = 60  # seconds that one may take to begin
EVENTS = ["sock:sock_send_length", "sock:sock_recv_length"]


def first_number(pattern, text):
    found = re.search(pattern, text)
    return int(found.group(1).replace(",", "")) if found else 0


class Recorder:
    """What all have in common."""

    name = ""
    program = ""
    ready = None
    files = ("data",)

    def __init__(self, build):
        self.build = build
        self.size = self.lost = self.samples = 0
        self.background = None

    def missing(self):
        """Why it cannot be had here, or None."""
        return None if shutil.which(self.program) else f"no {self.program} here"

    def words(self):
        raise NotImplementedError

    def start(self, folder):
        self.background = Background(self.words(), folder, self.ready)

    def stop(self):
        """The CPU seconds that it has used in all."""
        used = self.background.stop()
        folder = self.background.errors.parent
        for name in self.files:
            if not pathlib.Path(folder, name).exists():  # it was still about to begin
                raise Failed(f"has left no file: {last_line(self.background.said())}")
        self.size = sum(pathlib.Path(folder, name).stat().st_size for name in self.files)
        self.count(self.background.said())
        return used

    def kill(self):
        """Whatever has happened, nothing is left behind; does nothing after stop."""
        if self.background:
            self.background.kill()

    def count(self, said):
        """Reads from its last words what was lost."""
        raise NotImplementedError


class Tcptop(Recorder):
    name = "tcptop"
    ready = "Recording to "

    def missing(self):
        return None

    def words(self):
        return [f"{self.build}/tcptop-record", "--force", "-o", "data"]

    def count(self, said):
        self.lost = first_number(r"lost ([\d,]+) call", said)
        self.samples = first_number(r"Captured ([\d,]+) sample", said)


class Perf(Recorder):
    name = "perf record"
    program = "perf"
    extra = ()

    def missing(self):
        absent = super().missing()
        if absent:
            return absent
        try:
            run(["perf", "record", "-q", "-a", "-e", ",".join(EVENTS), "-o", "/dev/null", "true"])
        except Failed as failure:
            return str(failure)
        return None

    def words(self):
        events = [word for event in EVENTS for word in ("-e", event)]
        return ["perf", "record", "-a", "-B", "-N", "-m", "1024", *events, *self.extra, "-o", "data"]

    def count(self, said):
        self.lost = first_number(r"[Ll]ost ([\d,]+) (?:chunks|events|samples)", said)


class PerfZ(Perf):
    name = "perf record -z"
    extra = ("-z",)


class TraceCmd(Recorder):
    name = "trace-cmd"
    program = "trace-cmd"

    def missing(self):
        absent = super().missing()
        if absent:
            return absent
        try:
            run(["trace-cmd", "record", "-q", "-e", EVENTS[0], "-o", "/dev/null", "true"])
        except Failed as failure:
            return f"this kernel refuses it: {last_line(str(failure))}"
        return None

    def words(self):
        events = [word for event in EVENTS for word in ("-e", event)]
        return ["trace-cmd", "record", *events, "-o", "data"]

    def count(self, said):
        self.lost = first_number(r"overrun: (\d+)", said)


class Tcpdump(Recorder):
    name = "tcpdump -s 96"
    program = "tcpdump"
    ready = "listening on"

    def words(self):
        return ["tcpdump", "-i", "lo", "-s", "96", "-B", "65536", "-w", "data", "tcp"]

    def count(self, said):
        self.lost = first_number(r"(\d+) packets dropped by kernel", said)


class Bpftrace(Recorder):
    """One line an event, of what the tracepoint itself tells."""

    name = "bpftrace"
    program = "bpftrace"
    files = ("output",)

    def words(self):
        line = '{ printf("%llu %d %s %d\\n", nsecs, pid, comm, args->ret); }'
        script = ",".join(f"tracepoint:{event}" for event in EVENTS) + " " + line
        return ["bpftrace", "-e", script]

    def start(self, folder):
        super().start(folder)
        until = time.monotonic() + LIMIT
        while "Attach" not in self.background.output.read_text(errors="replace")[:4096]:
            if self.background.child.poll() is not None:
                raise Failed(last_line(self.background.said()))
            if time.monotonic() > until:
                raise Failed("does not say that it has begun")
            time.sleep(0.02)

    def count(self, said):
        self.lost = sum(int(n) for n in re.findall(r"Lost (\d+) events", said))


class EmptyProbe(Recorder):
    """The limit: a BPF program at both tracepoints that does nothing."""

    name = "limit: an empty probe"
    ready = "ready"
    files = ()

    def missing(self):
        try:
            run([f"{self.build}/tests/bench/empty_probe", "--check"])
        except Failed as failure:
            return str(failure)
        return None

    def words(self):
        return [f"{self.build}/tests/bench/empty_probe"]

    def count(self, said):
        pass


def all_of_them(build):
    return [
        kind(build)
        for kind in (Tcptop, Perf, PerfZ, TraceCmd, Tcpdump, Bpftrace, EmptyProbe)
    ]

# SPDX-License-Identifier: MIT
"""What recording costs: the traced programs, the machine, and the recorder itself."""

import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import time

from processes import LIMIT, Failed, run
from recorders import Bpftrace, EmptyProbe, Tcptop, all_of_them

CROWD = 15_000  # sessions of one bunch of traffic
PATIENT_RATE = 100_000  # calls a second beyond which one process for each line cannot follow


class Bench:
    """What every section is given."""

    def __init__(self, build, figures, rounds, seconds):
        self.build = build
        self.figures = figures
        self.rounds = rounds
        self.seconds = seconds

    def present(self, section):
        """The recorders that can be had; the others are named as left out."""
        there = []
        for recorder in all_of_them(self.build):
            why = recorder.missing()
            if why:
                self.figures.absent(section, recorder.name, why)
            else:
                there.append(recorder)
        return there

    def traffic(self, folder, rate=0, prefix=(), connections=32):
        """Calls made, and calls a second."""
        words = [*prefix, f"{self.build}/tests/live/traffic", "--books", "books"]
        words += ["--seconds", str(self.seconds), "--connections", str(connections)]
        said = run([*words, "--rate", str(rate)], cwd=folder).stderr
        calls, speed = re.search(r"(\d+) calls in .*: (\d+) calls/s", said).groups()
        return int(calls), int(speed)

    def crowd(self, folder, sessions, look):
        """Calls `look` again and again while there is traffic on so many sessions at once.

        In bunches, for a process has so many open files and a network namespace so many ports.
        """
        bunches = -(-sessions // CROWD)
        words = ["unshare", "-n", "sh", "-c", 'ip link set lo up && exec "$@"', "sh"]
        words += [f"{self.build}/tests/live/traffic", "--seconds", str(5 * self.seconds)]
        words += ["--connections", str(max(1, sessions // 2 // bunches)), "--rate", "20000"]
        running = [
            subprocess.Popen([*words, "--books", f"books{n}"], cwd=folder, stderr=subprocess.DEVNULL)
            for n in range(bunches)
        ]
        until = time.monotonic() + LIMIT
        while any(bunch.poll() is None for bunch in running) and time.monotonic() < until:
            look()
            time.sleep(0.2)
        for bunch in running:
            bunch.kill()  # the one that is late, if any
        if any(bunch.wait() for bunch in running):
            raise Failed("the traffic failed")

    def recorded(self, section, recorder, rate=0):
        """Traffic under a recorder: calls, calls a second, its CPU seconds; None if it failed."""
        with tempfile.TemporaryDirectory() as folder:
            try:
                recorder.start(folder)
                before = recorder.background.cpu()
                calls, speed = self.traffic(folder, rate)
                used = recorder.stop() - before  # what it had put off is part of it
            except Failed as failure:
                self.figures.absent(section, recorder.name, str(failure))
                return None
            finally:
                recorder.kill()
        return calls, speed, used

    def bare(self):
        with tempfile.TemporaryDirectory() as folder:
            return self.traffic(folder)[1]


def flat_out(bench):
    """Every CPU does nothing but make calls."""
    section = "Flat out: as many calls as both ends can make, on all CPUs"
    add = bench.figures.add
    cpus = os.cpu_count()
    there = bench.present(section)
    for _ in range(bench.rounds):
        for recorder in there:
            bare = bench.bare()
            done = bench.recorded(section, recorder)
            if not done:
                continue
            calls, speed, used = done
            who = recorder.name
            add(section, "throughput, recorded / bare", who, speed / bare)
            add(section, "ns added to a call, whole machine", who, 1e9 * cpus * (1 / speed - 1 / bare))
            if recorder.files:
                add(section, "the recorder's own CPU, ns a call", who, 1e9 * used / calls)
                add(section, "bytes a call", who, recorder.size / calls)
                add(section, "lost, % of the calls", who, 100 * recorder.lost / calls)
            if isinstance(recorder, Tcptop):
                together = max(0, calls - recorder.samples)
                add(section, "summed up under overload, % of the calls", who, 100 * together / calls)
    bench.figures.show(section, Tcptop.name)


def paced(bench):
    """What the recorder takes for itself at rates that leave it room."""
    section = "Paced: the recorder's own CPU"
    there = [r for r in bench.present(section) if not isinstance(r, EmptyProbe)]
    for rate in (10_000, 100_000, 500_000):
        for _ in range(bench.rounds):
            for recorder in there:
                if isinstance(recorder, Bpftrace) and rate > PATIENT_RATE:
                    continue
                done = bench.recorded(section, recorder, rate)
                if not done:
                    continue
                calls, _, used = done
                percent = 100 * used / bench.seconds
                bench.figures.add(section, f"{rate:,} calls/s: % of a CPU", recorder.name, percent)
                ns = 1e9 * used / calls
                bench.figures.add(section, f"{rate:,} calls/s: ns a call", recorder.name, ns)
    bench.figures.show(section, Tcptop.name)


def _programs(pid):
    """The BPF programs that a process holds."""
    held = set()
    for info in pathlib.Path(f"/proc/{pid}/fdinfo").iterdir():
        try:
            found = re.search(r"^prog_id:\s*(\d+)", info.read_text(), re.M)
        except FileNotFoundError:  # closed meanwhile
            continue
        if found:
            held.add(int(found.group(1)))
    shown = [run(["bpftool", "-j", "prog", "show", "id", str(n)]).stdout for n in sorted(held)]
    return [json.loads(text) for text in shown]


def _set_statistics(value):
    run(["sysctl", "-q", "-w", f"kernel.bpf_stats_enabled={value}"])


def in_the_kernel(bench):
    """By the kernel's own statistics, which cost something themselves: see the empty probe."""
    section = "BPF programs, ns a run by bpf_stats (its own cost included)"
    if not shutil.which("bpftool"):
        bench.figures.absent(section, "all", "no bpftool here")
        return
    there, probe = [Tcptop(bench.build)], EmptyProbe(bench.build)
    why = probe.missing()
    if why:
        bench.figures.absent(section, probe.name, why)
    else:
        there.append(probe)
    who_runs = {"one CPU": ("taskset", "-c", "0"), "all CPUs": ()}
    for _ in range(bench.rounds):
        for label, prefix in who_runs.items():
            for recorder in there:
                with tempfile.TemporaryDirectory() as folder:
                    try:
                        recorder.start(folder)
                        _set_statistics(1)
                        bench.traffic(folder, prefix=prefix)
                        ran = _programs(recorder.background.child.pid)
                    finally:
                        _set_statistics(0)
                        recorder.kill()
                for program in ran:
                    runs = program.get("run_cnt", 0)
                    if runs > 1000:
                        figure = f"{label} producing"
                        who = f"{recorder.name.split(':')[0]}: {program['name']}"
                        bench.figures.add(section, figure, who, program["run_time_ns"] / runs)
    bench.figures.show(section, "")


def at_rest(bench):
    """Nothing happens, and somebody watches."""
    section = f"At rest, over {5 * bench.seconds} seconds"
    for recorder in bench.present(section):
        if isinstance(recorder, EmptyProbe):
            continue
        with tempfile.TemporaryDirectory() as folder:
            try:
                recorder.start(folder)
                time.sleep(2)  # what starting takes is another matter
                run_ = recorder.background
                cpu, turns = run_.cpu(), run_.status("voluntary_ctxt_switches")
                time.sleep(5 * bench.seconds)
                cpu = run_.cpu() - cpu
                turns = run_.status("voluntary_ctxt_switches") - turns
                recorder.stop()
            except Failed as failure:
                bench.figures.absent(section, recorder.name, str(failure))
                continue
            finally:
                recorder.kill()
        bench.figures.add(section, "wake-ups a second", recorder.name, turns / bench.seconds / 5)
        bench.figures.add(section, "CPU, ms a minute", recorder.name, 12e3 * cpu / bench.seconds)
    bench.figures.show(section, Tcptop.name)


def memory(bench):
    """Proportional set size at its largest, without what is shared with the kernel."""
    section = "Memory of the recorder beyond its rings, MiB"
    for sessions in (100, 10_000, 100_000):
        who = f"{sessions:,} live sessions"
        sizes = []
        with tempfile.TemporaryDirectory() as folder:
            recorder = Tcptop(bench.build)
            try:
                recorder.start(folder)
                run_ = recorder.background
                bench.crowd(folder, sessions, lambda: sizes.append(run_.memory()))
                recorder.stop()
            except Failed as failure:
                bench.figures.absent(section, who, str(failure))
                continue
            finally:
                recorder.kill()
        bench.figures.add(section, "at the most", who, max(sizes))
    bench.figures.show(section, "")

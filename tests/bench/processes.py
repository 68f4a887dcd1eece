# SPDX-License-Identifier: MIT
"""Processes that are measured: started, waited for, and asked what they have used."""

import os
import pathlib
import resource
import signal
import subprocess
import tempfile
import time

LIMIT = 900  # seconds after which any command has failed


class Failed(Exception):
    """A command that did not do what was wanted, with what it said."""


def run(words, **how):
    """A command to its end; what it printed."""
    done = subprocess.run(words, capture_output=True, text=True, timeout=LIMIT, check=False, **how)
    if done.returncode:
        raise Failed(f"{words[0]}: status {done.returncode}: {last_line(done.stderr)}")
    return done


def last_line(text):
    lines = text.strip().splitlines()
    return lines[-1] if lines else "no message"


def timed(build, words, stdout=subprocess.DEVNULL):
    """Seconds on the wall, seconds of CPU, and the largest size in MiB of a command."""
    with tempfile.TemporaryFile("w+") as figures:
        done = subprocess.run(
            ["sh", "-c", f'exec "$@" 3>&{figures.fileno()}', "sh", f"{build}/tests/bench/peak", *words],
            stdout=stdout,
            stderr=subprocess.PIPE,
            pass_fds=[figures.fileno()],
            timeout=LIMIT,
            check=False,
        )
        if done.returncode:
            said = last_line(done.stderr.decode(errors="replace"))
            raise Failed(f"{words[0]}: status {done.returncode}: {said}")
        figures.seek(0)
        wall, cpu, kib = figures.read().split()
    return float(wall), float(cpu), int(kib) / 1024


class Background:
    """A process that runs beside the traffic."""

    def __init__(self, words, folder, ready=None):
        """Waits until it has said `ready` on standard error, or half a second."""
        self.errors = pathlib.Path(folder, "errors")
        self.output = pathlib.Path(folder, "output")
        with open(self.errors, "wb") as errors, open(self.output, "wb") as output:
            self.child = subprocess.Popen(
                words, stdout=output, stderr=errors, cwd=folder, stdin=subprocess.DEVNULL
            )
        self._wait_for(ready, time.monotonic() + 60)

    def _wait_for(self, ready, until):
        if ready is None:
            time.sleep(0.5)
        while ready and ready not in self.said():
            if self.child.poll() is not None or time.monotonic() > until:
                break
            time.sleep(0.02)
        if self.child.poll() is not None or (ready and ready not in self.said()):
            self.kill()
            raise Failed(last_line(self.said()))

    def said(self):
        return self.errors.read_text(errors="replace")

    def cpu(self):
        """Seconds that all its threads have used so far."""
        return sum(_schedstat(task) for task in _tasks(self.child.pid)) / 1e9

    def status(self, name):
        """A number of /proc/PID/status, summed over its threads."""
        total = 0
        for task in _tasks(self.child.pid):
            for line in pathlib.Path(task, "status").read_text().splitlines():
                if line.startswith(name + ":"):
                    total += int(line.split()[1])
        return total

    def memory(self):
        """Its own memory in MiB: private and not shared with the kernel's rings, as smaps has it."""
        total = 0
        counted = True
        for line in pathlib.Path(f"/proc/{self.child.pid}/smaps").read_text().splitlines():
            words = line.split()
            if "-" in words[0] and not words[0].endswith(":"):
                counted = not line.rstrip().endswith("anon_inode:bpf-map")
            elif counted and words[0] == "Pss:":
                total += int(words[1])
        return total / 1024

    def stop(self):
        """Interrupts it as a person would, and waits for its end: the CPU seconds of all its life."""
        self.child.send_signal(signal.SIGINT)
        until = time.monotonic() + 120
        while time.monotonic() < until:
            pid, status, used = os.wait4(self.child.pid, os.WNOHANG)
            if pid:
                self.child.returncode = os.waitstatus_to_exitcode(status)
                return used.ru_utime + used.ru_stime
            time.sleep(0.01)
        self.kill()
        raise Failed(f"{self.child.args[0]} did not end")

    def kill(self):
        """Ends it at once, if it has not ended."""
        if self.child.poll() is None:
            self.child.kill()
            self.child.wait()


def _tasks(pid):
    return pathlib.Path(f"/proc/{pid}/task").iterdir()


def _schedstat(task):
    return int(pathlib.Path(task, "schedstat").read_text().split()[0])


def raise_limits():
    """As many open files as there may be: traffic has two for each connection."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))

#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Prints every sample of a recording as `tcptop-report --events --csv` does.

Written from format/FORMAT.md alone, with Python's standard library and the `zstd` program, as the
proof that the document is enough. Numbers in comments are its sections.

usage: second_reader.py [--pipe] FILE
  --pipe  definitions in damaged blocks are not restored from the summary, as if FILE were a pipe
"""

import ipaddress
import struct
import subprocess
import sys
import time
import zlib

SYNC = b"\x89TCPT\r\n\x1a"
HEADER = struct.Struct("<8sBBHIQIIQqQIIII")
assert HEADER.size == 72
GROUP, SAMPLES, SUMMARY, INDEX, END = 1, 2, 3, 4, 5
HEADERS, TOTALS, STRINGS, PROCESSES, SESSIONS, PLACE, TIME, BYTES, CALLS, FLAGS, LOSSES = range(1, 12)
WHO = 14
LAST = 14
M64 = (1 << 64) - 1


class Damaged(Exception):
    """The block contradicts the specification."""


class Newer(Exception):
    """A later version, which must not be read on."""


class Block:
    """A header (3) that holds, and its sections once the payload is known to be right."""

    def __init__(self, data, at):
        self.at = at
        (_, self.version, self.type, self.flags, self.payload, self.recording, self.seq, _,
         self.first, self.first_wall, self.span, self.records, self.payload_crc, self.group,
         _) = HEADER.unpack_from(data, at)
        self.end = at + HEADER.size + self.payload

    def sane(self):
        if self.payload > 1 << 24 or self.first + self.span > M64 or self.group > self.seq:
            return False
        if (self.type == GROUP) != (self.group == self.seq):
            return False
        return self.records <= 65536 or self.type not in (SAMPLES, SUMMARY)


# --- Finding blocks (11) ---------------------------------------------------------------------


class Scan:
    """Gives the intact blocks of the data, and None for each damage between them."""

    def __init__(self, data):
        self.data = data
        self.recording = None
        self.next_seq = 0
        self.ended = False

    def holds(self, at, direct):
        data = self.data
        if data[at:at + 8] != SYNC or len(data) - at < HEADER.size:
            return None
        crc, = struct.unpack_from("<I", data, at + 68)
        if zlib.crc32(data[at:at + 68]) != crc:
            return None
        block = Block(data, at)
        if block.version != 1:
            if not direct and self.recording is not None:
                return None
            raise Newer(f"format version {block.version}")
        if not block.sane():
            return None
        if self.recording == block.recording:
            if block.seq < self.next_seq and not (self.ended and block.seq == 0):
                return None
        elif self.recording is not None and block.type != GROUP:
            return None
        if block.flags & 0xff:
            if not direct and self.recording not in (None, block.recording):
                return None
            raise Newer(f"block flags {block.flags & 0xff:#04x}")
        return block

    def goes_on(self, block):
        """Whether the next block of the recording stands where this one's payload ends."""
        try:
            behind = self.holds(block.end, True)
        except Newer:
            return False
        return (behind is not None and behind.recording == block.recording and
                behind.seq == block.seq + 1)

    def search(self, at, end):
        """The next header that holds and begins before end."""
        while True:
            at = self.data.find(SYNC, at, end + len(SYNC) - 1)
            if at < 0:
                return None
            try:
                if self.holds(at, False):
                    return at
            except Newer:
                return at
            at += 1

    def ends_in_zeros(self, at, end):
        """Whether the file does, from within at..end on or with nothing else from at on."""
        zeros = len(self.data) - len(self.data.rstrip(b"\0"))
        first = len(self.data) - zeros
        return first <= at or zeros >= 64 and first < end

    def blocks(self):
        at, after_gap = 0, False
        while at < len(self.data):
            block = self.holds(at, not after_gap)
            if block is None:
                there = self.search(at + 1, len(self.data))
                rest = self.data[at:]
                if there is None and (SYNC.startswith(rest[:8]) and len(rest) < HEADER.size or
                                      self.ends_in_zeros(at, at + HEADER.size)):
                    return  # torn
                yield None
                if there is None:
                    return
                at, after_gap = there, True
                continue
            expected = 0
            if block.recording == self.recording and block.seq >= self.next_seq:
                expected = self.next_seq
            if block.seq != expected and not after_gap:
                yield None
            self.recording, self.next_seq, after_gap = block.recording, block.seq, False
            self.ended = False
            payload = self.data[at + HEADER.size:block.end]
            if len(payload) < block.payload or zlib.crc32(payload) != block.payload_crc:
                there = None
                if not self.goes_on(block):
                    there = self.search(at + 1, min(block.end, len(self.data)))
                if there is None and len(payload) < block.payload:
                    return  # torn
                if (there is None and self.ends_in_zeros(at, block.end) and
                        self.search(block.end, len(self.data)) is None):
                    return  # torn
                yield None
                after_gap = there is not None
                self.next_seq += there is None
                at = block.end if there is None else there
                continue
            self.next_seq += 1
            self.ended = block.type == END
            yield block
            at = block.end


# --- Sections (4) and columns (5) ------------------------------------------------------------


def split(data, block):
    """The sections of a payload: id -> (codec, raw length, content as stored)."""
    at, sections, count, total = block.at + HEADER.size, {}, 0, 0
    while at < block.end:
        count += 1
        if block.end - at < 12 or count > 64:
            raise Damaged
        number, codec, _, raw, stored = struct.unpack_from("<HBBII", data, at)
        total += raw
        if stored > block.end - at - 12 or raw > 1 << 23 or total > 1 << 25:
            raise Damaged
        if 1 <= number <= LAST:
            if number in sections:
                raise Damaged
            if codec > 1:
                raise Newer(f"codec {codec} of section {number}")
            if codec == 0 and raw != stored:
                raise Damaged
            sections[number] = (codec, raw, data[at + 12:at + 12 + stored])
        elif number & 0x8000:
            raise Newer(f"section {number:#06x}")
        at += 12 + stored
    return sections


def unpack_all(blocks):
    """Decodes all sections of all blocks with one call of zstd: frames may be concatenated."""
    wanted = [(block, number) for block in blocks for number in block.sections
              if block.sections[number][0] == 1]
    frames = b"".join(block.sections[number][2] for block, number in wanted)
    plain = b""
    if frames:
        plain = subprocess.run(["zstd", "-dcq"], input=frames, capture_output=True,
                               check=True).stdout
    at = 0
    for block, number in wanted:
        raw = block.sections[number][1]
        block.sections[number] = (0, raw, plain[at:at + raw])
        at += raw


class Cursor:
    def __init__(self, data):
        self.data = data
        self.at = 0

    def take(self, n):
        if len(self.data) - self.at < n:
            raise Damaged
        self.at += n
        return self.data[self.at - n:self.at]

    def u32(self):
        return int.from_bytes(self.take(4), "little")

    def column(self, n, most=8):
        first = self.take(1)[0]
        width = first & 0x7f
        if width > most:
            raise Damaged
        if first & 0x80 or not width:
            return [int.from_bytes(self.take(width), "little")] * n
        planes = [self.take(n) for _ in range(width)]
        values = list(planes[0])
        for p in range(1, width):
            values = [v | b << (8 * p) for v, b in zip(values, planes[p])]
        return values

    def table(self, n, columns):
        return list(zip(*[self.column(n) for _ in range(columns)]))


def section(block, number):
    return Cursor(block.sections[number][2] if number in block.sections else b"")


# --- Group header (6) and definitions (7) ----------------------------------------------------


def host_of(block):
    c, host = section(block, HEADERS), ""
    while c.at < len(c.data):
        field = int.from_bytes(c.take(2), "little")
        content = c.take(c.u32())
        if field == 17:
            host = content[:-1]
        elif field == 1 and len(content) > 1:
            raise Newer(content[:-1].decode(errors="replace"))
    return host or b""


def with_places(rows):
    """Sessions with their place as such in the last column."""
    following, out = {}, []
    for row in rows:
        place = row[10] + following.get(row[0], 0)
        if place > 65535:
            raise Damaged
        following[row[0]] = place + 1
        out.append((*row[:10], place))
    return out


class Definitions:
    def __init__(self):
        self.strings, self.processes, self.sessions = {}, {}, {}

    def add(self, block):
        if STRINGS in block.sections:
            c = section(block, STRINGS)
            number = c.u32()
            texts = c.data[4:].split(b"\0")
            if texts.pop():
                raise Damaged
            for text in texts:
                self.strings.setdefault(number, text)
                number += 1
        for number, into, columns in ((PROCESSES, self.processes, 5), (SESSIONS, self.sessions, 11)):
            if number in block.sections:
                c = section(block, number)
                first, n = c.u32(), c.u32()
                rows = c.table(n, columns)
                if number == SESSIONS:
                    rows = with_places(rows)
                for i, row in enumerate(rows):
                    into[first + i] = row

    def lookup(self):
        """(process, place) -> session"""
        return {(row[0], row[10]): number for number, row in self.sessions.items()}

    def key_columns(self, number):
        """pid … rport of a session; None where something is not known."""
        process, proto, family, l0, l1, r0, r1, lport, rport, _, _ = self.sessions[number]
        if process not in self.processes:
            return None
        pid, _, cgroup_id, comm, cgroup = self.processes[process]
        if comm not in self.strings or cgroup not in self.strings:
            return None

        def address(low, high):
            return str(ipaddress.ip_address(struct.pack("<QQ", low, high)[:4 if family == 4 else 16]))

        path = self.strings[cgroup]
        if not path and cgroup_id:
            path = b"id:%d" % cgroup_id
        return [str(pid), cell(self.strings[comm]), cell(path),
                {6: "tcp", 17: "udp", 262: "mptcp"}.get(proto, "?"), str(family),
                address(l0, l1), str(lport), address(r0, r1), str(rport)]


# --- Samples (8) -----------------------------------------------------------------------------


def decode_samples(block):
    """Lists of who (2 * process + direction), place, time, bytes, calls; each by sample."""
    n = block.records
    if not n:
        return [], [], [], [], []
    who = section(block, WHO).column(n, 4)
    grouped = section(block, PLACE).column(n, 4)
    place = [0] * n
    for at, i in enumerate(sorted(range(n), key=lambda i: who[i])):
        place[i] = grouped[at]
    most = {}
    for w, p in zip(who, place):
        most[w] = max(p, most.get(w, 0))
    if max(who) > 131071 or max(place) > 65535 or sum(p + 1 for p in most.values()) > 131072:
        raise Damaged

    values = section(block, BYTES).column(n)
    order = sorted(range(n), key=lambda i: (who[i], place[i]))
    size = [0] * n
    for at, i in enumerate(order):
        size[i] = values[at]

    now, times = block.first, []
    for delta in section(block, TIME).column(n):
        now += delta
        times.append(now)
    if now > block.first + block.span:
        raise Damaged
    calls = section(block, CALLS).column(n, 4) if CALLS in block.sections else [1] * n
    return who, place, times, size, calls


# --- Printing --------------------------------------------------------------------------------


def unsafe(c):
    return (c < 0x20 or 0x7f <= c <= 0x9f or c in (0x61c, 0x200e, 0x200f, 0xfeff)
            or 0x2028 <= c <= 0x202e or 0x2066 <= c <= 0x2069 or 0xe0000 <= c <= 0xe007f)


def cell(raw):
    """A text as a cell of CSV that neither a terminal nor a spreadsheet acts upon."""
    shown = ""
    for char in raw.decode("utf-8", "surrogateescape"):
        if 0xdc80 <= ord(char) <= 0xdcff or unsafe(ord(char)):
            data = char.encode("utf-8", "surrogateescape")
            shown += "".join(f"\\x{b:02X}" for b in data)
        else:
            shown += "\\\\" if char == "\\" else char
    digits, value = "0123456789", "0123456789eE .,:/+-()$%"
    if (shown[:1] in tuple("=+-@'\uff1d\uff0b\uff0d\uff20") or shown.lower() in ("true", "false")
            or shown[:1] != "/" and set(shown) & set(digits) and set(shown) <= set(value)):
        shown = "'" + shown
    shown = shown.replace(";", "\\x3B")
    if "," in shown or '"' in shown:
        shown = '"' + shown.replace('"', '""') + '"'
    return shown


def print_block(block, host, definitions, intact):
    who, place, times, size, calls = decode_samples(block)
    lookup, names = definitions.lookup(), {}
    sessions = [lookup.get((w // 2, p)) for w, p in zip(who, place)]
    for number in set(sessions):
        names[number] = definitions.key_columns(number) if number is not None else None
    if intact and None in names.values():
        raise Damaged
    for i, number in enumerate(sessions):
        if names[number] is None:
            continue  # an orphan
        wall = (times[i] + block.first_wall - block.first) & M64
        wall -= (wall >> 63) << 64
        seconds, micros = divmod(wall, 1000000)
        stamp = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(seconds))
        print(",".join([f"{seconds}.{micros:06d}", stamp, host, *names[number],
                        "tx" if who[i] & 1 else "rx", str(size[i]), str(calls[i])]))


def groups(blocks):
    """Lists of the blocks of a group, None where there is damage; end blocks left out."""
    group, name = [], None
    for block in blocks:
        if block and block.type not in (GROUP, SAMPLES, SUMMARY):
            continue
        if block and (block.type == GROUP or (block.recording, block.group) != name):
            # Damage just before a header belongs to what was; before another block, to what is.
            cut = len(group)
            while block.type != GROUP and cut and group[cut - 1] is None:
                cut -= 1
            if group[:cut]:
                yield group[:cut]
            group, name = group[cut:], (block.recording, block.group)
        group.append(block)
    if group:
        yield group


def print_group(group, hosts, pipe):
    definitions = Definitions()
    intact = group[0] is not None and group[0].type == GROUP
    if not pipe:
        for block in group:
            if block and block.type == SUMMARY:
                definitions.add(block)
    for block in group:
        try:
            if block is None:
                intact = False
            elif block.type == GROUP:
                hosts[block.recording] = cell(host_of(block))
            elif block.type == SAMPLES:
                definitions.add(block)
                print_block(block, hosts.get(block.recording, ""), definitions, intact)
        except Damaged:
            intact = False


def main():
    sys.stdout.reconfigure(encoding="utf-8")
    pipe = "--pipe" in sys.argv[1:]
    with open(sys.argv[-1], "rb") as f:
        data = f.read()
    found = []
    try:
        for block in Scan(data).blocks():
            if block and block.type in (GROUP, SAMPLES, SUMMARY):
                try:
                    block.sections = split(data, block)
                except Damaged:
                    block = None
            found.append(block)
    except Newer as e:
        print(f"second_reader.py: needs {e}", file=sys.stderr)
    unpack_all([block for block in found if block and block.type in (GROUP, SAMPLES, SUMMARY)])
    print("epoch,time,host,pid,comm,cgroup,proto,family,laddr,lport,raddr,rport,dir,bytes,calls")
    hosts = {}
    for group in groups(found):
        print_group(group, hosts, pipe)


if __name__ == "__main__":
    main()

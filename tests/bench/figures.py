# SPDX-License-Identifier: MIT
"""What was measured: figures of several runs each, and the table that they are printed as."""

import statistics
import sys


class Figures:
    """Values by section, figure and who they are of, in the order in which they first came."""

    def __init__(self):
        self._values = {}
        self._absent = {}

    def add(self, section, figure, who, value):
        rows = self._values.setdefault(section, {}).setdefault(figure, {})
        rows.setdefault(who, []).append(float(value))

    def absent(self, section, who, why):
        """Somebody who is left out, and why."""
        self._absent.setdefault(section, {})[who] = why

    def median(self, section, figure, who):
        values = self._values.get(section, {}).get(figure, {}).get(who)
        return statistics.median(values) if values else None

    def show(self, section, ours, out=sys.stdout):
        """One section: each figure's rows, and how many times ours each is."""
        print(f"\n{section}", file=out)
        for figure, rows in self._values.get(section, {}).items():
            base = statistics.median(rows[ours]) if ours in rows else None
            print(f"  {figure}", file=out)
            for who, values in rows.items():
                self._show_row(who, values, base, who == ours, out)
        for who, why in self._absent.get(section, {}).items():
            print(f"  left out: {who}: {why}", file=out)
        out.flush()

    @staticmethod
    def _show_row(who, values, base, is_ours, out):
        middle = statistics.median(values)
        spread = f"[{_short(min(values))} .. {_short(max(values))}]" if len(values) > 1 else ""
        ratio = f"x {middle / base:.2f}" if base and not is_ours else ""
        print(f"    {who:<34} {_short(middle):>10}  {spread:<24} {ratio}".rstrip(), file=out)


def _short(value):
    """Three digits that count, thousands apart."""
    if abs(value) >= 100:
        return f"{value:,.0f}"
    if abs(value) >= 10:
        return f"{value:.1f}"
    return f"{value:.3f}"

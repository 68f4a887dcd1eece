# SPDX-License-Identifier: MIT
"""The blocks of report/DATABASES.md, which the tests run as they stand there."""

import os
import re

DOCUMENT = os.path.join(os.path.dirname(__file__), "../../report/DATABASES.md")


class Recipes:
    def __init__(self, path=DOCUMENT):
        with open(path, encoding="utf-8") as document:
            text = document.read()
        self.blocks = re.findall(r"^```(.+)\n((?:.*\n)*?)^```$", text, re.MULTILINE)

    def all(self, kind):
        """The blocks of a kind such as "sql duckdb json"; there must be some."""
        found = [text for name, text in self.blocks if name == kind]
        if not found:
            raise AssertionError(f"DATABASES.md has no block `{kind}`")
        return found

    def one(self, kind, having=""):
        (found,) = [text for text in self.all(kind) if having in text]
        return found

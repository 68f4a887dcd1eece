# SPDX-License-Identifier: MIT
"""DuckDB, as the npm registry has it: an engine in a process of its own for each query."""

import pathlib
import shutil

SCRIPT = """
const { DuckDBInstance } = require('@duckdb/node-api');
(async () => {
    const db = await DuckDBInstance.create(':memory:', { threads: process.argv[1] });
    const connection = await db.connect();
    const rows = await connection.runAndReadAll(process.argv[2]);
    console.log(rows.currentRowCount);
})();
"""


class DuckDb:
    """As `make deps-npm` installs it below the build folder."""

    def __init__(self, build):
        self.modules = pathlib.Path(build, "npm", "node_modules")

    def missing(self):
        """Why it cannot be had, or None."""
        if not shutil.which("node"):
            return "no node here"
        if not (self.modules / "@duckdb" / "node-api").exists():
            return "not installed: make deps-npm"
        return None

    def words(self, query, threads=2):
        return ["env", f"NODE_PATH={self.modules}", "node", "-e", SCRIPT, str(threads), query]

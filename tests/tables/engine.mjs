// SPDX-License-Identifier: MIT
//
// DuckDB or ClickHouse's own engine, from the npm registry, as the programs `duckdb` and
// `clickhouse-client`: runs the SQL of standard input, or --query with standard input as its data,
// and prints each row as a line of JSON. DATABASE is a file of DuckDB, a directory of ClickHouse.
//
// usage: NODE_MODULES=DIR node engine.mjs duckdb|clickhouse DATABASE [--query SQL]
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const require = createRequire(process.env.NODE_MODULES + '/');
const [engine, database, option, query] = process.argv.slice(2);
const input = readFileSync(0, 'utf8');

async function duckdb() {
	const { DuckDBInstance } = require('@duckdb/node-api');
	const connection = await (await DuckDBInstance.create(database)).connect();
	const statements = await connection.extractStatements(input);
	for (let i = 0; i < statements.count; i++) {
		const result = await (await statements.prepare(i)).runAndReadAll();
		for (const row of result.getRowsJson())
			console.log(JSON.stringify(row));
	}
	connection.closeSync();
}

function clickhouse() {
	const { Session } = require('chdb');
	const session = new Session(database);
	// What is printed is compared as text, so that no figure loses a digit on the way.
	const settings = 'SET output_format_json_quote_64bit_integers = 1, ' +
		'output_format_json_quote_decimals = 1';
	const statements = option === '--query' ? [query + '\n' + input] :
		input.split(/;\s*$/m).filter((statement) => statement.trim());
	session.query(settings);
	for (const statement of statements)
		process.stdout.write(session.query(statement, 'JSONCompactEachRow') ?? '');
	session.cleanup();
}

await { duckdb, clickhouse }[engine]();

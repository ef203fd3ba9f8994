// Fails when a statement of the service ran on SQLite and never on PostgreSQL, and prints it with tests that ran it. The
// remedy: a test in the store's suite with OnPostgres, or the trait Storage=both for one of these tests.
// Usage: statements.mjs FOLDER, with what the two runs of Identity.Service.Tests wrote there (CULVERT_TEST_SQL): lines of
// database, statement and tests, separated by tabs.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

const MOST_TESTS = 3;

const folder = process.argv[2];
const ran = { sqlite: new Map(), postgres: new Map() };
for (const file of readdirSync(folder)) {
  for (const line of readFileSync(join(folder, file), "utf8").split("\n").filter(Boolean)) {
    const [database, statement, tests] = line.split("\t");
    ran[database].set(statement, [...(ran[database].get(statement) ?? []), ...tests.split(" ").filter(Boolean)]);
  }
}

const missing = [...ran.sqlite].filter(([statement]) => !ran.postgres.has(statement));
for (const [statement, tests] of missing) {
  console.log([statement, ...tests.slice(0, MOST_TESTS)].join("\n    "));
}

console.log(`${ran.sqlite.size} statements ran on SQLite, ${missing.length} of them not on PostgreSQL`);
process.exitCode = missing.length > 0 || ran.sqlite.size === 0 ? 1 : 0;

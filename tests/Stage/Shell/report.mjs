// What ./test prints at its end: the seconds of each job against its budget, the slowest tests, every failure with its
// message, and the counts. Reads what the jobs left: NAME.result ("exit-code seconds"), NAME.json (CTRF), NAME.log.
// Usage: report.mjs LEVEL JOBS-FOLDER LOGS-FOLDER BUDGETS-FILE [TEMPORARY-FOLDER]. Exit 0 only when nothing failed.
import { existsSync, readFileSync, readdirSync, lstatSync } from "node:fs";
import { join } from "node:path";

const SLOWEST = 10;
const MESSAGE_LINES = 20;
const LEFT_BEHIND_LIMIT_MB = 200;

const [level, jobsFolder, logsFolder, budgetsFile, temporary] = process.argv.slice(2);
const lines = (file) => (existsSync(file) ? readFileSync(file, "utf8").split("\n").filter(Boolean) : []);

// "job seconds of ./test seconds of ./test --all"; "-" where a job is not part of that level.
const column = { short: 1, all: 2 }[level];
const budgets = new Map(
  lines(budgetsFile)
    .filter((line) => !line.startsWith("#"))
    .map((line) => line.split(/\s+/))
    .map((fields) => [fields[0], Number(fields[column])]),
);

let passed = 0;
let failed = 0;
let skipped = 0;
let total = 0;
const tests = [];
const failures = [];
const rows = [];
for (const job of lines(join(jobsFolder, "started"))) {
  const [code, seconds] = (lines(join(jobsFolder, `${job}.result`))[0] ?? "1 0").split(" ").map(Number);
  const log = join(logsFolder, `${job}.log`);
  const report = join(jobsFolder, `${job}.json`);
  const results = existsSync(report) ? JSON.parse(readFileSync(report, "utf8")).results.tests : [];
  const bad = results.filter((test) => test.status === "failed");
  passed += results.filter((test) => test.status === "passed").length;
  skipped += results.filter((test) => test.status === "skipped").length;
  // A job that fails without a failed test (a crash, a build, a failed clean-up) counts as one failure.
  failed += bad.length || (code === 0 ? 0 : 1);
  for (const test of results) {
    tests.push({ job, ...test });
  }

  for (const test of bad) {
    failures.push(`FAILED ${job}: ${test.name}`, ...(test.message ?? "").split("\n").slice(0, MESSAGE_LINES).map((line) => `    ${line}`));
  }

  if (code !== 0 && bad.length === 0) {
    failures.push(`FAILED ${job}: exit code ${code}, see ${log}`, ...lines(log).slice(-MESSAGE_LINES).map((line) => `    ${line}`));
  }

  for (const line of lines(log)) {
    if (line.startsWith("figure: ")) {
      console.log(line);
    } else if (line.startsWith("log: ")) {
      failures.push(line); // of the programs that a failed test ran
    }
  }

  total += seconds;
  rows.push({ job, seconds, count: results.length });
}

console.log(`\n${"job".padEnd(36)}${"seconds".padStart(8)}${"tests".padStart(8)}`);
for (const { job, seconds, count } of rows) {
  console.log(`${job.padEnd(36)}${String(seconds).padStart(8)}${String(count || "").padStart(8)}`);
}

if (tests.length > 0) {
  console.log(`\nslowest tests (seconds)`);
  for (const test of tests.sort((a, b) => b.duration - a.duration).slice(0, SLOWEST)) {
    console.log(`${(test.duration / 1000).toFixed(1).padStart(8)}  ${test.job}  ${test.name.slice(0, 140)}`);
  }
}

for (const { job, seconds } of rows) {
  const budget = budgets.get(job);
  if (column !== undefined && budget === undefined) {
    console.log(`warning: ${job} has no budget in ${budgetsFile}`);
  } else if (seconds > budget) {
    console.log(`warning: ${job} took ${seconds} s, its budget is ${budget} s (${budgetsFile})`);
  }
}

if (temporary) {
  const left = bytesOf(temporary) / 1e6;
  console.log(`\ntemporary files that tests left: ${left.toFixed(0)} MB (removed)`);
  if (left > LEFT_BEHIND_LIMIT_MB) {
    console.log(`warning: more than ${LEFT_BEHIND_LIMIT_MB} MB: ${readdirSync(temporary).slice(0, 5).join(" ")}`);
  }
}

console.log(`reports (CTRF): ${join(jobsFolder, "*.json")}`);
if (failures.length > 0) {
  console.log(`\n${failures.join("\n")}`);
}

if (passed + failed === 0) {
  console.log("no test was run: no test's folder, class or method fits");
}

console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`);
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;

function bytesOf(path) {
  try {
    const entry = lstatSync(path);
    return entry.isDirectory() ? readdirSync(path).reduce((sum, name) => sum + bytesOf(join(path, name)), 0) : entry.size;
  } catch {
    return 0; // Removed meanwhile.
  }
}

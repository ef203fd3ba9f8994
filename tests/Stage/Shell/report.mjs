// What ./test prints at its end: seconds and processor seconds of each job, the slowest tests, the critical path, every failure
// with its message, and the counts. A job that needs more than 1.3 times its budget of processor seconds is a failure, too.
// Reads what the jobs left: started (a line "name lane need" for each), NAME.result, NAME.json (CTRF), set-up.times, yardstick,
// NAME.log.
// Usage: report.mjs LEVEL JOBS-FOLDER LOGS-FOLDER BUDGETS-FILE SET-UP-SECONDS [TEMPORARY-FOLDER].
// Exit 0 only when nothing failed.
import { existsSync, readFileSync, readdirSync, lstatSync } from "node:fs";
import { join } from "node:path";

const SLOWEST = 10;
const MESSAGE_LINES = 20;
const LEFT_BEHIND_LIMIT_MB = 200;
/** Of a budget. Two runs of the same tests differ by less. */
const TOLERANCE = 1.3;
/** Fewer say little about a job. */
const MEASUREMENTS = 5;
/** Of one core. A job that used less of the time that it took has waited for most of it. */
const COMPUTING = 0.5;
/** Of a budget, on a machine that is so much slower: the yardstick, one process, shows less than what many side by side feel. */
const BUSY = { slowdown: 1.5, tolerance: 2 };

const [level, jobsFolder, logsFolder, budgetsFile, setUpSeconds, temporary] = process.argv.slice(2);
const lines = (file) => (existsSync(file) ? readFileSync(file, "utf8").split("\n").filter(Boolean) : []);

// "job, processor seconds of ./test, of ./test --all"; "-" where a job is not part of that level.
const column = { short: 1, all: 2 }[level];
const budgets = new Map(
  lines(budgetsFile)
    .filter((line) => !line.startsWith("#"))
    .map((line) => line.split(/\s+/))
    .map((fields) => [fields[0], Number(fields[column])]),
);
const measured = lines(join(jobsFolder, "yardstick")).map((line) => line.split(" ").map(Number));

let passed = 0;
let failed = 0;
let skipped = 0;
const tests = [];
const failures = [];
const rows = [];
rows.push({ job: "set-up", lane: "-", need: "-", begin: 0, seconds: Number(setUpSeconds), processor: processorSeconds(lines(join(jobsFolder, "set-up.times")).at(-1)) });
for (const [job, lane, need] of lines(join(jobsFolder, "started")).map((line) => line.split(" "))) {
  const result = lines(join(jobsFolder, `${job}.result`));
  const [code, begin, seconds] = (result[0] ?? `1 ${setUpSeconds} 0`).split(" ").map(Number);
  const processor = processorSeconds(result.at(-1));
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

  rows.push({ job, lane, need, begin, seconds, processor, count: results.length });
}

const title = ["job".padEnd(34), "lane".padEnd(12), "seconds".padStart(8), "processor".padStart(10), "budget".padStart(8), "tests".padStart(7)];
console.log(`\n${title.join("")}`);
for (const { job, lane, seconds, processor, count } of rows) {
  const what = seconds === 0 ? "" : `  ${processor >= COMPUTING * seconds ? "computed" : "waited"} (${(processor / seconds).toFixed(1)} cores)`;
  const numbers = [Math.round(seconds), Math.round(processor), budgets.get(job) || "", count || ""];
  const widths = [8, 10, 8, 7];
  console.log(`${job.padEnd(34)}${lane.padEnd(12)}${numbers.map((n, i) => String(n).padStart(widths[i])).join("")}${what}`);
}

console.log(`${"all".padEnd(46)}${String(Math.round(endOf(last(rows)))).padStart(8)}${String(Math.round(rows.reduce((sum, row) => sum + row.processor, 0))).padStart(10)}`);
console.log(`critical path: ${criticalPath().join(" > ")}`);

if (tests.length > 0) {
  console.log(`\nslowest tests (seconds)`);
  for (const test of tests.sort((a, b) => b.duration - a.duration).slice(0, SLOWEST)) {
    console.log(`${(test.duration / 1000).toFixed(1).padStart(8)}  ${test.job}  ${test.name.slice(0, 140)}`);
  }
}

if (column !== undefined) {
  console.log(`\nspeed of the machine: ${slowdownOf(measured).toFixed(2)} times the processor time of the machine that the budgets are from`);
  for (const row of rows.filter((one) => one.lane !== "set-up")) {
    const { job, processor } = row;
    const budget = budgets.get(job);
    const slowdown = slowdownDuring(row);
    const tolerance = slowdown < BUSY.slowdown ? TOLERANCE : BUSY.tolerance;
    if (!budget) {
      failed++;
      failures.push(`FAILED ${job}: has no budget for this level in ${budgetsFile}`);
    } else if (processor > budget * slowdown * tolerance) {
      failed++;
      failures.push(
        `FAILED ${job}: needed ${Math.round(processor)} processor seconds; its budget is ${budget} (${budgetsFile}), at the machine's ` +
          `speed meanwhile ${Math.round(budget * slowdown)}, and ${tolerance} times that is the limit. If you added a slow test, make another one faster.`,
      );
    }
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

/** Of the last line that `times` prints: "1m2.345s 0m0.678s", user and system time of all children. */
function processorSeconds(line) {
  return [...(line ?? "").matchAll(/(\d+)m([\d.]+)s/g)].reduce((sum, [, minutes, seconds]) => sum + 60 * Number(minutes) + Number(seconds), 0);
}

/** How much longer than on the machine of the budgets the yardstick's work took: the middle of the measurements; at least 1. */
function slowdownOf(measurements) {
  const reference = budgets.get("yardstick");
  const sorted = measurements.map(([, seconds]) => seconds).filter((seconds) => seconds > 0).sort((a, b) => a - b);
  return sorted.length === 0 || !reference ? 1 : Math.max(1, sorted[Math.floor(sorted.length / 2)] / reference);
}

/**
 * The slowdown while a job ran: a shared machine can be twice as slow in one job as in the next. Of the measurements that are
 * closest to a job that was too short for several of its own: the middle of two is one of them, however it came out.
 */
function slowdownDuring(row) {
  const distance = ([second]) => Math.max(row.begin - second, second - endOf(row), 0);
  const closest = [...measured].sort((a, b) => distance(a) - distance(b));
  return slowdownOf(closest.slice(0, Math.max(MEASUREMENTS, closest.filter((one) => distance(one) === 0).length)));
}

function endOf(row) {
  return row.begin + row.seconds;
}

function last(some) {
  return some.reduce((latest, row) => (endOf(row) > endOf(latest) ? row : latest));
}

/** From the job that ended last back to the set-up: each waited for the one before it, in its lane or because it needs it. */
function criticalPath() {
  const path = [last(rows)];
  while (path[0].job !== "set-up") {
    const { lane, need, begin } = path[0];
    const before = rows.filter((one) => !path.includes(one) && endOf(one) <= begin + 1 && (one.lane === lane || one.job === need));
    path.unshift(before.length === 0 ? rows[0] : last(before));
  }

  return path.map((row) => `${row.job} ${Math.round(row.seconds)} s`);
}

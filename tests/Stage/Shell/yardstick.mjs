// Usage: yardstick.mjs SECONDS NOW. Waits, then prints a line of two numbers: the second in which it measured (NOW and the wait),
// and the processor seconds that a fixed piece of work takes. Budgets in processor seconds are compared with what the machine
// could do while the job ran, because one that is shared or loaded does less in a second.
// The work is what compilers and tests do: text and objects, memory that no cache holds, and hashes.
import { createHash } from "node:crypto";

const RECORDS = 2_000;
const STEPS = 400_000;

const records = Array.from({ length: RECORDS }, (_, i) => ({ id: `record-${i}`, values: [i, i * 2, i * 3], name: { first: "a", last: "b" } }));
const memory = new Int32Array(4 << 20);
for (let i = 0; i < memory.length; i++) {
  memory[i] = (i * 1_664_525 + 1_013_904_223) & (memory.length - 1);
}

function work() {
  let at = 0;
  for (let i = 0; i < STEPS; i++) {
    at = memory[at] ^ (i & 1023);
  }

  const text = JSON.stringify(JSON.parse(JSON.stringify(records)));
  return at + createHash("sha256").update(text).digest()[0];
}

const [wait, now] = process.argv.slice(2).map(Number);
setTimeout(() => {
  work(); // compiles it
  const before = process.cpuUsage();
  for (let i = 0; i < 4; i++) {
    work();
  }

  const { user, system } = process.cpuUsage(before);
  console.log(`${now + wait} ${((user + system) / 1e6).toFixed(3)}`);
}, wait * 1000);

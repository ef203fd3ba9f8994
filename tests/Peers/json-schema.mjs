// Checks values against JSON Schemas with Ajv: a line {dialect, schema, values} in, a line with a boolean for each value out;
// null where Ajv does not compile the schema, or fails at the value.
import { createInterface } from "node:readline";
import Ajv from "ajv";
import Ajv2020 from "ajv/dist/2020.js";

const options = { strict: false, validateFormats: false, logger: false, allErrors: false, addUsedSchema: false };
const validators = { 2020: new Ajv2020(options), 7: new Ajv(options) };

const check = (validate, value) => {
  try {
    return validate(value);
  } catch {
    return null;
  }
};

for await (const line of createInterface({ input: process.stdin })) {
  const { dialect, schema, values } = JSON.parse(line);
  let validate = null;
  try {
    validate = validators[dialect].compile(schema);
  } catch {
    // reported as null
  }
  process.stdout.write(`${JSON.stringify(validate && values.map((value) => check(validate, value)))}\n`);
}

// The scenarios of tests/stack, and what only the real CLI can do, on the Pulumi CLI that is on the PATH.
process.env.STACK_ENGINE = "pulumi";

/** @type {import("jest").Config} */
module.exports = {
  ...require("../jest-base.js"),
  testMatch: ["stack", "golden", "pulumi"].map((folder) => `<rootDir>/tests/${folder}/**/*.test.ts`),
  // Every scenario is played twice, on an engine that works as much as the sandbox's.
  maxWorkers: 2,
  maxConcurrency: 2,
};

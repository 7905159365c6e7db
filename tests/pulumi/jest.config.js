// The scenarios of tests/stack, and what only the real CLI can do, on the Pulumi CLI that is on the PATH.
process.env.STACK_ENGINE = "pulumi";

/** @type {import("jest").Config} */
module.exports = {
  ...require("../../jest.config.js"),
  rootDir: "../..",
  testMatch: [
    "<rootDir>/tests/stack/**/*.test.ts",
    "<rootDir>/tests/golden/**/*.test.ts",
    "<rootDir>/tests/pulumi/**/*.test.ts",
  ],
  testPathIgnorePatterns: ["/node_modules/"],
  // Every scenario is played twice, on an engine that works as much as the sandbox's.
  maxWorkers: 2,
  maxConcurrency: 2,
};

// The unit tests of the provider: what must notice when a condition, a bound or a call in it changes.
/** @type {import("jest").Config} */
module.exports = {
  ...require("../../jest.config.js"),
  rootDir: "../..",
  globalSetup: undefined,
  testMatch: ["<rootDir>/tests/provider/**/*.test.ts"],
};

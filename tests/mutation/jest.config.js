// The unit tests of the provider: what must notice when a condition, a bound or a call in it changes.
/** @type {import("jest").Config} */
module.exports = {
  ...require("../jest-base.js"),
  globalSetup: undefined,
  // It is loaded late, and once: whichever test comes first would be thought the only one to reach its schema.
  setupFiles: ["<rootDir>/provider/model/schema.ts"],
  testMatch: ["<rootDir>/tests/unit/**/*.test.ts"],
};

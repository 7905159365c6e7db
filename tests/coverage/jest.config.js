// The whole suite on the compiled provider, so that jest and Pulumi's plugin process run the very same files.
const base = require("../../jest.config.js");

/** @type {import("jest").Config} */
module.exports = {
  ...base,
  rootDir: "../..",
  moduleNameMapper: { "^(?:\\.\\./)+provider/(.*)$": "<rootDir>/dist/provider/$1" },
  modulePathIgnorePatterns: [],
  transformIgnorePatterns: [...base.transformIgnorePatterns, "<rootDir>/dist/"],
  setupFilesAfterEnv: ["<rootDir>/tests/coverage/write-out.js"],
};

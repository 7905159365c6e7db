// The whole suite on the compiled provider, so that jest and Pulumi's plugin process run the very same files.
process.env.FAULT_SHARE ??= "1";
const base = require("../jest-base.js");

/** @type {import("jest").Config} */
module.exports = {
  ...base,
  maxWorkers: 3,
  testMatch: ["<rootDir>/tests/**/*.test.ts"],
  testPathIgnorePatterns: ["<rootDir>/tests/pulumi/"],
  moduleNameMapper: { "^(?:\\.\\./)+provider/(.*)$": "<rootDir>/dist/provider/$1" },
  modulePathIgnorePatterns: [],
  transformIgnorePatterns: [...base.transformIgnorePatterns, "<rootDir>/dist/"],
  setupFilesAfterEnv: ["<rootDir>/tests/coverage/write-out.js"],
};

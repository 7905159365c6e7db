const { dirname } = require("node:path");

// What every jest configuration of this package shares.
/** @type {import("jest").Config} */
module.exports = {
  rootDir: dirname(__dirname),
  testTimeout: 180_000,
  // Chooses the share of the fault tests that is played, and says whether there is a Pulumi CLI.
  globalSetup: "<rootDir>/tests/support/announce.ts",
  testEnvironment: "node",
  modulePathIgnorePatterns: ["<rootDir>/dist/"],
  transform: {
    "^.+\\.(t|j|mj)s$": [
      "@swc/jest",
      { jsc: { target: "es2022", parser: { syntax: "typescript" } }, module: { type: "commonjs" } },
    ],
  },
  // p-retry and is-network-error ship as ES modules only.
  transformIgnorePatterns: ["/node_modules/(?!(p-retry|is-network-error)/)"],
};

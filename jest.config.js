/** @type {import("jest").Config} */
module.exports = {
  // Stack tests wait for processes most of the time.
  maxWorkers: 3,
  testTimeout: 180_000,
  // Says whether there is a Pulumi CLI; what needs one is left to `npm run test:pulumi`.
  globalSetup: "<rootDir>/tests/pulumi/announce.ts",
  testPathIgnorePatterns: ["/node_modules/", "<rootDir>/tests/pulumi/"],
  testMatch: ["<rootDir>/tests/**/*.test.ts"],
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

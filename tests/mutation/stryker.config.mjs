// Changes the domain's code in every small way, and runs the unit tests that reach the place. Usage: npm run stryker
/** @type {import("@stryker-mutator/api/core").PartialStrykerOptions} */
export default {
  testRunner: "jest",
  plugins: ["@stryker-mutator/jest-runner"],
  jest: { configFile: "tests/mutation/jest.config.js" },
  coverageAnalysis: "perTest",
  // What is evaluated once, as the module loads, would need the whole suite for each change; the table of errors, most of it, has
  // a test that goes through it row by row.
  ignoreStatic: true,
  mutate: ["provider/lifecycle/*.ts", "provider/model/schema.ts", "provider/live/*.ts", "!provider/live/types.ts"],
  ignorePatterns: ["dist", "coverage", "reports", "bench", "docs", "examples/*/node_modules", ".torture"],
  tempDirName: ".stryker",
  reporters: ["progress-append-only", "clear-text", "html"],
  htmlReporter: { fileName: "coverage/mutation.html" },
  clearTextReporter: { allowColor: false, logTests: false, reportTests: false, reportScoreTable: true },
  thresholds: { high: 90, low: 80, break: 80 },
  concurrency: 2,
  // A process that has run the tests many times keeps hooks and memory of every run; in a profile, half its time went there.
  maxTestRunnerReuse: 15,
};

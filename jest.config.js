const base = require("./tests/jest-base.js");

/** Of the emulated engine: what holds it against recordings of the real one, and what waits for whole programs. */
const ENGINE = ["engine/likeness-*", "engine/print-loop"].map((file) => `tests/sandbox/${file}.test.ts`);
const inFolders = (...folders) => folders.map((folder) => `<rootDir>/tests/${folder}/**/*.test.ts`);
const named = (displayName, testMatch, more = {}) => ({ ...base, displayName, testMatch, ...more });

/** @type {import("jest").Config} */
module.exports = {
  rootDir: base.rootDir,
  testTimeout: base.testTimeout,
  // Stack tests wait for processes most of the time.
  maxWorkers: 3,
  // `npm test -- --selectProjects unit` runs one of them.
  projects: [
    named("unit", inFolders("unit")),
    named("faults", inFolders("faults")),
    named("stack", inFolders("stack", "golden")),
    named("sandbox", [...inFolders("sandbox"), ...ENGINE.map((file) => `!<rootDir>/${file}`)]),
    named(
      "engine",
      ENGINE.map((file) => `<rootDir>/${file}`),
    ),
  ],
};

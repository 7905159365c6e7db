const base = require("./tests/jest-base.js");

const inFolders = (...folders) => folders.map((folder) => `<rootDir>/tests/${folder}/**/*.test.ts`);
const named = (displayName, testMatch) => ({ ...base, displayName, testMatch });

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
    named("stack", inFolders("stack")),
    named("sandbox", inFolders("sandbox/cloud", "sandbox/cli")),
    // The commands of examples/ci, on the sandbox: `npm run test:all`, and CI.
    named("recipes", inFolders("recipes")),
    // States that earlier versions wrote: `npm run test:all`, and CI.
    named("golden", inFolders("golden")),
    // Compares the emulated engine with recordings of the real one, which takes minutes: `npm run test:engine`, and CI.
    named("engine", inFolders("sandbox/engine")),
  ],
};

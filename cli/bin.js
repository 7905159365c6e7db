#!/usr/bin/env node
// Committed as plain JavaScript so that the link to it exists before the first build.
const problem = require("../dist/provider/base/node-version.js").unsupportedNode();
if (problem === undefined) {
  require("../dist/cli/main.js");
} else {
  process.stderr.write(`error: ${problem}\n`);
  process.exitCode = 1;
}

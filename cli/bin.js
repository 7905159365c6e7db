#!/usr/bin/env node
// Committed as plain JavaScript so that the link to it exists before the first build.
require("../dist/cli/main.js");

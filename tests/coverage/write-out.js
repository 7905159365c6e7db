const { takeCoverage } = require("node:v8");

// Jest ends its workers by a signal, which would lose what they counted.
afterAll(() => takeCoverage());

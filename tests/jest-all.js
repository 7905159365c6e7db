// All tests, with the whole of the large tables of faults: `npm run test:all`.
process.env.FAULT_SHARE ??= "1";

module.exports = require("../jest.config.js");

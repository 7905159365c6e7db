// One operation of the sandbox engine; its failure is this process's.
const { runOperation } = require("../dist/sandbox/engine");

runOperation(JSON.parse(process.argv[2])).then(
  ({ ok, diagnostics }) => {
    if (!ok) {
      console.error(diagnostics.map((each) => each.message).join("\n"));
      process.exitCode = 1;
    }
    process.disconnect?.();
  },
  (error) => {
    console.error(error);
    process.exit(1);
  },
);

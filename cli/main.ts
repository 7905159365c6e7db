import { readFileSync } from "node:fs";
import { join } from "node:path";
import { CommanderError } from "commander";
import { plain } from "./display/text";
import { program } from "./program";
import { withoutBooleans } from "./pulumi-habits";
import { surviveBrokenOutput } from "./streams";

/** The exit code for a wrong command line. 1 means that an operation failed. */
const WRONG_USAGE = 2;

async function main(): Promise<void> {
  surviveBrokenOutput();
  const root = program(JSON.parse(readFileSync(join(__dirname, "..", "..", "package.json"), "utf8")));
  try {
    await root.parseAsync(withoutBooleans(process.argv.slice(2), root), { from: "user" });
  } catch (error) {
    if (error instanceof CommanderError) {
      process.exitCode = error.exitCode === 0 ? 0 : WRONG_USAGE;
    } else {
      process.stderr.write(`error: ${plain(error instanceof Error ? error.message : String(error))}\n`);
      process.exitCode = 1;
    }
  }
}

process.on("uncaughtException", (error: unknown) => {
  const [first = ""] = (error instanceof Error ? error.message : String(error)).split("\n");
  process.stderr.write(`error: Unexpected error. Please report it: ${plain(first)}\n`);
  process.exit(1);
});
void main();

import { Command } from "commander";
import { exportState } from "../../sandbox/engine";
import { jsonText } from "../display/text";
import { chosenStack, existingState, optionsOf, type StackOptions, withStack } from "../options";
import { withHabits } from "../pulumi-habits";

export interface ExportOptions extends StackOptions {
  showSecrets?: boolean;
}

/** `sandbox export`: prints the state as `pulumi stack import` accepts it. */
export function exportCommand(): Command {
  const command = withStack(new Command("export").description("print the state as `pulumi stack import` accepts it"))
    .option("--show-secrets", "print secrets in clear text (default: encrypted)")
    .addHelpText("after", "\nExample:\n  sandbox export -s pr-42 > state.json\n  pulumi stack import --file state.json")
    .action(() => {
      process.stdout.write(`${jsonText(exportedState(optionsOf<ExportOptions>(command)), 4)}\n`);
    });
  return withHabits(command);
}

/** The state of the chosen stack in Pulumi's export format. */
export function exportedState(options: ExportOptions): unknown {
  const { stack, showSecrets } = options;
  const stateFile = existingState(chosenStack(options));
  // If the user names a stack, the file must hold that stack.
  return exportState({ stateFile, ...(stack === undefined ? {} : { stack }), ...(showSecrets ? { showSecrets } : {}) });
}

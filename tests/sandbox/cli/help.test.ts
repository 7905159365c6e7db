import { exportCommand, operationCommand } from "../../../cli/stack";

function helpOf(command: ReturnType<typeof exportCommand>): string {
  let text = "";
  command.configureOutput({
    writeOut: (part) => {
      text += part;
    },
  });
  command.outputHelp();
  return text.replaceAll(/\s+/g, " ");
}

test.each(["up", "preview", "refresh", "destroy"] as const)("the help of %s tells where configuration is", (name) => {
  const help = helpOf(operationCommand(name));
  expect(help).toContain("Pulumi.<stack>.yaml beside Pulumi.yaml");
  expect(help).toContain("PULUMI_CONFIG_PASSPHRASE");
  expect(help).toContain("one that is not there yet starts empty");
  expect(help).toContain(".pulumi-sandbox/<stack>.json beside Pulumi.yaml");
});

test("an export needs a stack that is there", () => {
  expect(helpOf(exportCommand())).not.toContain("starts empty");
});

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { runOperation } from "../../../sandbox/engine";

const scratch = mkdtempSync(join(tmpdir(), "refusal-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** What a program asks for, and the words in which it is refused. */
const REFUSED: Record<string, string> = {
  imports: "the `import` option",
  transforms: "transforms",
  hooks: "resource hooks",
  replaceWith: "the `replaceWith` option",
  assets: "assets",
  references: "stack references",
  invokes: "the function aws:index:getRegion",
  others: 'resources of the provider "aws"',
  remotes: "remote components",
  stackTransforms: "transforms",
  versions: "the `version` option",
};

test.each(Object.keys(REFUSED))("a program that uses %s is sent to the Pulumi CLI, by name", async (odd) => {
  const { ok, diagnostics } = await runOperation({
    operation: "preview",
    cwd: resolve(__dirname, "fixtures", "odd"),
    stateFile: join(scratch, `${odd}.json`),
    env: { ...process.env, ODD: odd, PULUMI_CONFIG_PASSPHRASE: "" },
  });
  expect(ok).toBe(false);
  const errors = diagnostics.filter((each) => each.severity === "error").map((each) => each.message);
  expect(errors.join("\n")).toContain(`does not support ${REFUSED[odd]}`);
  expect(errors.join("\n")).toContain("Use the Pulumi CLI.");
});

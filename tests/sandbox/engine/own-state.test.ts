import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { exportState, type OperationOptions, runOperation } from "../../../sandbox/engine";

const scratch = mkdtempSync(join(tmpdir(), "own-state-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

// A program that cannot run: whatever gets as far as that fails otherwise.
writeFileSync(join(scratch, "Pulumi.yaml"), "name: shop\nruntime: nodejs\n");
writeFileSync(join(scratch, "package.json"), '{"name":"shop","main":"index.js"}');
writeFileSync(join(scratch, "index.js"), 'throw new Error("the program ran");');

const urn = (stack: string, project: string) => `urn:pulumi:${stack}::${project}::my:own:Component::c`;
const resource = (stack: string, project: string) => ({
  urn: urn(stack, project),
  custom: false,
  type: "my:own:Component",
});
const STATES = {
  nothing: {},
  "this stack": { resources: [resource("dev", "shop")] },
  "another stack": { resources: [resource("pr-7", "shop")] },
  "another stack, in one of its resources": { resources: [resource("dev", "shop"), resource("pr-7", "shop")] },
  "another stack, in a pending operation": {
    pending_operations: [{ resource: resource("pr-7", "shop"), type: "creating" }],
  },
  "another project": { resources: [resource("dev", "bakery")] },
};
const ALLOWED: readonly string[] = ["nothing", "this stack"];

function stateOf(name: keyof typeof STATES): string {
  const path = join(scratch, `${name}.json`);
  writeFileSync(path, JSON.stringify({ version: 3, deployment: STATES[name] }));
  return path;
}

const OPERATIONS: OperationOptions["operation"][] = ["preview", "up", "refresh", "destroy"];
const TABLE = (Object.keys(STATES) as (keyof typeof STATES)[]).flatMap((name) =>
  OPERATIONS.map((operation) => [operation, name] as const),
);

test.each(TABLE)("%s of stack dev with the state of %s", async (operation, name) => {
  const stateFile = stateOf(name);
  const before = readFileSync(stateFile, "utf8");
  const env = { ...process.env, PULUMI_CONFIG_PASSPHRASE: "x" };
  const outcome = await runOperation({ operation, cwd: scratch, stateFile, env }).catch((error: Error) => error);
  if (ALLOWED.includes(name)) {
    expect(outcome).not.toBeInstanceOf(Error);
    return;
  }
  const other = name === "another project" ? 'project "bakery", not "shop"' : 'stack "pr-7", not "dev"';
  expect(String(outcome)).toContain(`${stateFile} belongs to ${other}. Nothing was done.`);
  expect(readFileSync(stateFile, "utf8")).toBe(before);
});

test("an export of a stack that was named is refused as well; without a name it shows what is there", () => {
  const stateFile = stateOf("another stack");
  expect(() => exportState({ stateFile, stack: "dev" })).toThrow(/belongs to stack "pr-7"/);
  expect(exportState({ stateFile, stack: "pr-7" })).toEqual(exportState({ stateFile }));
});

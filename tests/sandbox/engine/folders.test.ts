import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { defaultStateFile, type OperationOptions, runOperation } from "../../../sandbox/engine";
import { secret, widget } from "./support/scenario";
import { SALT, Stage } from "./support/stage";

let stage: Stage;
beforeEach(() => {
  stage = new Stage();
  stage.declare({ resources: [widget("a", { value: secret("shut") })] });
});
afterEach(() => stage.remove());

function run(operation: OperationOptions["operation"], more: Partial<OperationOptions> = {}) {
  return runOperation({ operation, cwd: stage.project, env: stage.env, ...more });
}

function files(): string[] {
  return readdirSync(stage.project, { recursive: true }).map(String).sort();
}

test("a folder that is not there is no folder of the project above it", async () => {
  const before = files();
  const cwd = join(stage.project, "mistyped");
  await expect(run("destroy", { cwd })).rejects.toThrow(`The folder ${cwd} does not exist. Nothing was done.`);
  expect(() => defaultStateFile(cwd, "dev")).toThrow("does not exist");
  expect(files()).toEqual(before);
});

test("the state is in the project's root folder, whichever of its folders is given, and kept from Git", async () => {
  const folder = join(stage.project, ".pulumi-sandbox");
  const below = join(stage.project, "docs", "more");
  mkdirSync(below, { recursive: true });
  expect((await run("up", { cwd: below })).ok).toBe(true);
  expect(readdirSync(folder).sort()).toEqual([".gitignore", "dev.json"]);
  expect(readFileSync(join(folder, ".gitignore"), "utf8")).toBe("*\n");
  expect(defaultStateFile(below, "dev")).toBe(join(folder, "dev.json"));
  expect((await run("destroy")).changes.delete).toBeGreaterThan(0);
  expect(stage.widget("w1")).toBeUndefined();
});

test("a folder that somebody chose, or has made, is theirs", async () => {
  const chosen = join(stage.root, "chosen");
  await run("up", { stateFile: join(chosen, "state.json") });
  expect(readdirSync(chosen)).toEqual(["state.json"]);
  mkdirSync(join(stage.project, ".pulumi-sandbox"));
  await run("refresh");
  expect(existsSync(join(stage.project, ".pulumi-sandbox", ".gitignore"))).toBe(false);
});

test("a preview of what is not there yet writes nothing, a passphrase included", async () => {
  const before = files();
  const env = { ...stage.env, PULUMI_CONFIG_PASSPHRASE: undefined };
  const { ok, changes } = await run("preview", { env });
  expect(ok).toBe(true);
  expect(changes.create).toBe(2);
  expect(files()).toEqual(before);
});

test("what was encrypted with a passphrase is not opened without one, and none is made up", async () => {
  writeFileSync(join(stage.project, "Pulumi.dev.yaml"), `encryptionsalt: ${SALT}\n`);
  const env = { ...stage.env, PULUMI_CONFIG_PASSPHRASE: undefined };
  await expect(run("up", { env })).rejects.toThrow("The stack's secrets need a passphrase");
  expect(readdirSync(join(stage.project, ".pulumi-sandbox"))).toEqual([".gitignore"]);
});

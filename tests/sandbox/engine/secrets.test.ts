import { copyFileSync, existsSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { exportState, type OperationOptions, runOperation } from "../../../sandbox/engine";
import { Crypter } from "../../../sandbox/engine/state/crypter";
import { output, secret, widget } from "./support/scenario";
import { PASSPHRASE, Stage } from "./support/stage";

/** What the Pulumi CLI wrote for the program below. */
const BY_PULUMI = join(__dirname, "recorded", "cli");
const PROGRAM = {
  resources: [
    widget("a", { value: { $config: "token", $isSecret: true }, nested: { open: 1, shut: secret([1, { x: "y" }]) } }),
  ],
  outputs: { shut: output("a", "echo") },
};

let stage: Stage;
beforeEach(() => {
  stage = new Stage();
  stage.declare(PROGRAM);
});
afterEach(() => stage.remove());

function run(operation: OperationOptions["operation"], more: Partial<OperationOptions> = {}) {
  const { project: cwd, stateFile, env } = stage;
  return runOperation({ operation, cwd, stateFile, env, ...more });
}

function takeOverFromPulumi(): void {
  copyFileSync(join(BY_PULUMI, "state.json"), stage.stateFile);
  copyFileSync(join(BY_PULUMI, "Pulumi.dev.yaml"), join(stage.project, "Pulumi.dev.yaml"));
}

test("a state and a configuration of the Pulumi CLI are read, and secrets that did not change keep their ciphertext", async () => {
  takeOverFromPulumi();
  const ciphertexts = () => readFileSync(stage.stateFile, "utf8").match(/v1:[^"]*/g);
  const before = ciphertexts();
  const { ok, changes } = await run("up");
  expect(ok).toBe(true);
  expect(changes).toMatchObject({ same: 2, update: 0, create: 0 });
  expect(ciphertexts()).toEqual(before);
  const [check] = stage.calls();
  expect(check).toMatchObject({ call: "check", news: { value: "s3cret", nested: { shut: [1, { x: "y" }] } } });
});

test("another passphrase opens nothing, and nothing is done", async () => {
  takeOverFromPulumi();
  const before = readFileSync(stage.stateFile, "utf8");
  const env = { ...stage.env, PULUMI_CONFIG_PASSPHRASE: "wrong" };
  await expect(run("destroy", { env })).rejects.toThrow("The passphrase does not decrypt the stack's secrets");
  expect(readFileSync(stage.stateFile, "utf8")).toBe(before);
  expect(stage.calls()).toEqual([]);
});

test("secrets of other kinds are left to the Pulumi CLI", async () => {
  stage.writeState({ secrets_providers: { type: "service", state: {} }, resources: [] });
  await expect(run("up")).rejects.toThrow('encrypted by "service"; the sandbox engine supports only "passphrase"');
});

test("without a passphrase there is a key file beside the state, for its owner only; no secret stands in clear", async () => {
  rmSync(stage.stateFile);
  const env = { ...stage.env, PULUMI_CONFIG_PASSPHRASE: undefined };
  const config = { "widgets:token": { secret: "s3cret" } };
  const [a] = PROGRAM.resources;
  stage.declare({ ...PROGRAM, resources: [{ name: "a", ...a, opts: { additionalSecretOutputs: ["echo"] } }] });
  const { ok, outputs } = await run("up", { env, config });
  expect(ok).toBe(true);
  expect(JSON.stringify(outputs)).toContain("1b47061264138c4ac30d75fd1eb44270");
  const keyFile = `${stage.stateFile}.key`;
  expect(statSync(keyFile).mode & 0o777).toBe(0o600);
  expect(readFileSync(stage.stateFile, "utf8")).not.toMatch(/s3cret|\\"y\\"/);
  const shown = exportState({ stateFile: stage.stateFile, showSecrets: true, env });
  expect(JSON.stringify(shown)).toContain("s3cret in w1");
  expect((await run("destroy", { env })).ok).toBe(true);
});

test("the passphrase may stand in a file that PULUMI_CONFIG_PASSPHRASE_FILE names", async () => {
  takeOverFromPulumi();
  const path = join(stage.root, "passphrase");
  writeFileSync(path, `${PASSPHRASE}\n`);
  const env = { ...stage.env, PULUMI_CONFIG_PASSPHRASE: undefined, PULUMI_CONFIG_PASSPHRASE_FILE: path };
  expect((await run("preview", { env })).ok).toBe(true);
  expect(existsSync(`${stage.stateFile}.key`)).toBe(false);
});

test("what one crypter has sealed, another of the same salt opens; what was tampered with, none", () => {
  const made = Crypter.create(PASSPHRASE);
  const sealed = made.encrypt("ü");
  expect(Crypter.open(PASSPHRASE, made.salt).decrypt(sealed)).toBe("ü");
  const [version, nonce, bytes = ""] = sealed.split(":");
  const changed = `${version}:${nonce}:${bytes.startsWith("A") ? "B" : "A"}${bytes.slice(1)}`;
  expect(() => made.decrypt(changed)).toThrow();
  expect(() => made.decrypt("v2:x:y")).toThrow("not in Pulumi's passphrase format");
});

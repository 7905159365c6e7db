import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { type EngineEvent, exportState, type OperationOptions, runOperation } from "../../../sandbox/engine";
import { until } from "../../support/until";
import { widget } from "./support/scenario";
import { Stage } from "./support/stage";

const ENGINE = resolve(__dirname, "../../../dist/sandbox/engine");

let stage: Stage;
beforeEach(() => {
  stage = new Stage();
});
afterEach(() => stage.remove());

function run(operation: OperationOptions["operation"], more: Partial<OperationOptions> = {}) {
  const { project: cwd, stateFile, env } = stage;
  return runOperation({ operation, cwd, stateFile, env, ...more });
}

function errors(diagnostics: { severity: string; message: string }[]): string {
  return diagnostics.map((each) => (each.severity === "error" ? each.message : "")).join("\n");
}

test("a folder without package.json runs another package's program: that deletes nothing, and is an error", async () => {
  stage.declare({ resources: [widget("a")] });
  expect((await run("up")).ok).toBe(true);
  rmSync(join(stage.project, "package.json"));
  writeFileSync(join(stage.root, "package.json"), JSON.stringify({ main: "other.js" }));
  writeFileSync(join(stage.root, "other.js"), "");
  const { ok, diagnostics } = await run("up");
  expect(ok).toBe(false);
  expect(errors(diagnostics)).toContain(`Pulumi's runner used the one in ${stage.root}`);
  expect(stage.widget("w1")).toBeDefined();
  expect(
    stage
      .readState()
      .deployment.resources?.map((each) => each.urn)
      .join(),
  ).toContain("::a");
});

test("a TypeScript program in the folder that `main` names; output and progress reach the events", async () => {
  const folder = join(stage.project, "program");
  mkdirSync(folder);
  writeFileSync(join(stage.project, "Pulumi.yaml"), "name: typed\nruntime: nodejs\nmain: program\n");
  writeFileSync(join(folder, "package.json"), JSON.stringify({ main: "index.ts" }));
  writeFileSync(join(folder, "tsconfig.json"), "{}");
  writeFileSync(
    join(folder, "index.ts"),
    `import * as pulumi from "@pulumi/pulumi";
    const provider: pulumi.dynamic.ResourceProvider = {
      async create(inputs) {
        const { EngineClient } = require("@pulumi/pulumi/proto/engine_grpc_pb");
        const { LogRequest } = require("@pulumi/pulumi/proto/engine_pb");
        const grpc = require("@grpc/grpc-js");
        const client = new EngineClient(process.argv[2], grpc.credentials.createInsecure());
        const request = new LogRequest();
        request.setSeverity(1);
        request.setMessage("half way");
        request.setUrn(inputs.about);
        request.setEphemeral(true);
        await new Promise((resolve) => client.log(request, resolve));
        console.log("the plugin speaks");
        return { id: "1", outs: {} };
      },
    };
    class Thing extends pulumi.dynamic.Resource {
      constructor(name: string) {
        super(provider, name, { about: pulumi.createUrn(name, "pulumi-nodejs:dynamic:Resource") });
      }
    }
    console.log("the program speaks");
    export const id: pulumi.Output<string> = new Thing("typed").id;
    `,
  );
  const events: EngineEvent[] = [];
  const { ok, outputs, diagnostics } = await run("up", { onEvent: (event) => events.push(event) });
  expect(errors(diagnostics)).toBe("\n".repeat(diagnostics.length - 1));
  expect(ok).toBe(true);
  expect(outputs).toEqual({ id: "1" });
  const said = diagnostics.map((each) => each.message);
  expect(said).toEqual(expect.arrayContaining(["the program speaks", "the plugin speaks"]));
  expect(said).not.toContain("half way");
  expect(events).toContainEqual(
    expect.objectContaining({ message: "half way", ephemeral: true, urn: expect.stringMatching(/::typed$/) }),
  );
});

test("program and plugin are gone when an operation has ended", async () => {
  const seen: string[] = [];
  stage.declare({ resources: [widget("a")] });
  const onEvent = (event: EngineEvent) => {
    if (event.type === "resource" && event.phase === "end" && event.urn.endsWith("::a")) {
      seen.push(...processesIn(stage.project));
    }
  };
  await run("up", { onEvent });
  expect(seen.length).toBeGreaterThan(0);
  expect(processesIn(stage.project)).toEqual([]);
});

test.each(["SIGKILL", "SIGTERM"] as const)(
  "a program that is busy for ever is gone when its engine has died of %s",
  async (signal) => {
    const started = join(stage.root, "started");
    writeFileSync(
      join(stage.project, "index.js"),
      `require("node:fs").writeFileSync(${JSON.stringify(started)}, ""); for (;;) {}`,
    );
    const options = { operation: "up", cwd: stage.project, stateFile: stage.stateFile };
    const script = `require(${JSON.stringify(ENGINE)}).runOperation(${JSON.stringify(options)})`;
    const engine = spawn(process.execPath, ["-e", script], { env: stage.env, stdio: "ignore" });
    const died = once(engine, "exit");
    try {
      await until("the program has started", () => existsSync(started));
      expect(processesIn(stage.project)).toHaveLength(1);
      engine.kill(signal);
      await died;
      await until("its processes have ended", () => processesIn(stage.project).length === 0);
    } finally {
      for (const pid of processesIn(stage.project)) {
        process.kill(Number(pid), "SIGKILL");
      }
    }
  },
);

test.each([
  ["no project", (folder: string) => rmSync(join(folder, "Pulumi.yaml")), "There is no Pulumi.yaml"],
  ["another language", write("Pulumi.yaml", "name: x\nruntime: python\n"), 'the runtime "python"'],
  ["a project without a name", write("Pulumi.yaml", "runtime: nodejs\n"), "has no project `name`"],
  ["a broken configuration", write("Pulumi.dev.yaml", "config: ["), "Could not read"],
] as const)("%s is said in one sentence", async (_what, spoil, message) => {
  spoil(stage.project);
  await expect(run("up")).rejects.toThrow(message);
  expect(stage.calls()).toEqual([]);
});

test.each([
  ["{", "Could not read"],
  ["[]", "is not in the format of `pulumi stack export`"],
  ['{"version": 4, "deployment": {}}', "has version 4"],
])("a state file that says %s is left as it is", async (text, message) => {
  writeFileSync(stage.stateFile, text);
  await expect(run("up")).rejects.toThrow(message);
  expect(readFileSync(stage.stateFile, "utf8")).toBe(text);
});

const STACK = {
  urn: "urn:pulumi:dev::widgets::pulumi:pulumi:Stack::widgets-dev",
  type: "pulumi:pulumi:Stack",
  custom: false,
};
const SECRET = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270" };

describe("a state of wrong types is refused before anything is done", () => {
  const refused = (deployment: unknown) => {
    const text = JSON.stringify({ version: 3, deployment });
    writeFileSync(stage.stateFile, text);
    return async (place: string) => {
      for (const operation of ["up", "destroy"] as const) {
        await expect(run(operation)).rejects.toThrow(
          `\`${place}\` is missing or has the wrong type. Nothing was done.`,
        );
      }
      expect(() => exportState({ stateFile: stage.stateFile })).toThrow(`\`${place}\``);
      expect(readFileSync(stage.stateFile, "utf8")).toBe(text);
    };
  };

  test.each([
    [{ resources: {} }, "resources"],
    [{ resources: [null] }, "resources[0]"],
    [{ resources: [STACK, 7] }, "resources[1]"],
    [{ pending_operations: "x" }, "pending_operations"],
    [{ pending_operations: [1] }, "pending_operations[0]"],
    [{ pending_operations: [{ type: "creating" }] }, "pending_operations[0].resource"],
    [{ pending_operations: [{ type: 1, resource: STACK }] }, "pending_operations[0]"],
    [{ secrets_providers: [] }, "secrets_providers"],
    [{ secrets_providers: { type: 1 } }, "secrets_providers"],
  ])("%j", (deployment, place) => refused(deployment)(place));

  test.each([
    ["urn", [undefined, null, 1, "x"]],
    ["type", [undefined, 1]],
    ["custom", ["yes"]],
    ["id", [1, {}]],
    ["parent", [1]],
    ["provider", [{}]],
    ["dependencies", [5, "x", [1]]],
    ["propertyDependencies", [5, [], { a: "x" }]],
    ["inputs", [7, [], "x", { a: SECRET }]],
    ["outputs", [7, { a: { b: [SECRET] } }, { a: { ...SECRET, ciphertext: 5 } }]],
  ])("`%s` of a resource", async (key, values) => {
    for (const value of values) {
      await refused({ resources: [{ ...STACK, [key]: value }] })(`resources[0].${key}`);
    }
  });

  test("what Pulumi leaves empty may be null", async () => {
    const nulls = { inputs: null, outputs: null, dependencies: null, propertyDependencies: null, parent: null };
    const deployment = { resources: [{ ...STACK, ...nulls }], pending_operations: null, metadata: null };
    writeFileSync(stage.stateFile, JSON.stringify({ version: 3, deployment }));
    expect((await run("destroy")).ok).toBe(true);
  });
});

function write(name: string, text: string): (folder: string) => void {
  return (folder) => writeFileSync(join(folder, name), text);
}

/** The ids of processes that work in a folder. */
function processesIn(folder: string): string[] {
  return readdirSync("/proc").filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readlinkSync(`/proc/${pid}/cwd`) === folder;
    } catch {
      return false;
    }
  });
}

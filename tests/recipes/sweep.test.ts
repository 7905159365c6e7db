import { execFile, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { withExpiry } from "../../provider/model/names";
import { type CloudServer, startCloud } from "../../sandbox/cloud";

const BIN = resolve(__dirname, "../../cli/bin.js");
const HUSH = "hush-hush";
const folder = mkdtempSync(join(tmpdir(), "sweep-cli-"));
let server: CloudServer;

beforeEach(async () => {
  server = await startCloud({ switches: { startDelayMs: 20, stopDelayMs: 20, qps: 3 } });
});
afterEach(() => server.close());

interface Ended {
  exitCode: number;
  stdout: string;
  text: string;
}

function environment() {
  const [account] = server.accounts;
  return {
    PATH: process.env.PATH,
    HOME: folder,
    ALIBABA_CLOUD_ENDPOINT_LIVE: server.endpoint,
    ALIBABA_CLOUD_ENDPOINT_STS: server.endpoint,
    ALIBABA_CLOUD_ACCESS_KEY_ID: account?.accessKeyId,
    ALIBABA_CLOUD_ACCESS_KEY_SECRET: account?.accessKeySecret,
  };
}

function run(args: string[], more: Record<string, string> = {}): Promise<Ended> {
  const env = { ...environment(), ...more };
  return new Promise((resolve) =>
    execFile(process.execPath, [BIN, ...args], { env }, (error, stdout, stderr) =>
      resolve({ exitCode: error === null ? 0 : Number(error.code), stdout, text: `${stdout}${stderr}` }),
    ),
  );
}

function add(MonitorName: string, isRunning = true, account = 0): string {
  const asker = { accountId: server.accounts[account]?.accountId ?? "", region: "cn-shanghai" };
  const id = server.cloud.sessions.create(asker, {
    ...{ MonitorName, OutputTemplate: "lp_ld", Domain: "play.example.com" },
    InputList: JSON.stringify([{ InputUrl: `rtmp://play.example.com/a/b?auth_key=${HUSH}` }]),
    CallbackUrl: `https://hooks.example.com/?token=${HUSH}`,
  });
  const session = server.cloud.sessions.get(id);
  if (isRunning && session !== undefined) {
    Object.assign(session, { Status: 1, StartTime: "2026-11-01T00:00:00Z" });
  }
  return id;
}

const names = () => server.cloud.sessions.all().map(({ MonitorName }) => MonitorName);
const NAME = "shop--pr-1--wall--0a1b2c3d";

test("list shows whose sessions there are, in 80 columns, and nothing secret in any form", async () => {
  add(`${NAME}--xhthw0`);
  add("somebody's very long name of a session that is as long as it may be, 64", false);
  const table = await run(["list"]);
  expect(table).toMatchObject({
    exitCode: 0,
    text: expect.stringMatching(/\* {2}\d+d\d+h {2}running {2}cn-shanghai {2}shop\/pr-1\/wall/),
  });
  expect(Math.max(...table.text.split("\n").map(({ length }) => length))).toBeLessThanOrEqual(80);
  const json = await run(["list", "--json"]);
  expect(JSON.parse(json.stdout).sessions).toEqual([
    expect.objectContaining({
      ...{ name: `${NAME}--xhthw0`, status: "running", startTime: "2026-11-01T00:00:00Z" },
      owner: { project: "shop", stack: "pr-1", resource: "wall" },
      expiresAt: "2026-11-27T12:00:00.000Z",
    }),
    expect.objectContaining({ status: "stopped", ageSeconds: null }),
  ]);
  expect(`${table.text}${json.text}`).not.toMatch(new RegExp(`${HUSH}|rtmp|hooks`));
  const ours = await run(["list", "--project", "shop", "--stack", "pr-1", "--json"]);
  expect(JSON.parse(ours.stdout).sessions).toHaveLength(1);
});

test("sweep shows, and deletes only with --yes; what it showed is what it deletes", async () => {
  for (const name of [NAME, "shop--pr-1--side--0a1b2c3d", "shop--pr-12--wall--0a1b2c3d", "shop--pr-1--wall"]) {
    add(name);
  }
  const plan = join(folder, "plan.json");
  const owner = ["sweep", "--project", "shop", "--stack", "pr-1"];
  expect(await run([...owner, "--save", plan])).toMatchObject({
    exitCode: 3,
    text: expect.stringMatching(/needs --yes/),
  });
  expect(names()).toHaveLength(4);
  expect(readFileSync(plan, "utf8")).not.toContain(HUSH);
  add("shop--pr-1--late--0a1b2c3d");
  const swept = await run(["sweep", "--plan", plan, "--yes", "--json"]);
  expect(swept.exitCode).toBe(0);
  expect(
    JSON.parse(swept.stdout)
      .delete.map(({ name }: { name: string }) => name)
      .sort(),
  ).toEqual(["shop--pr-1--side--0a1b2c3d", NAME]);
  expect(names().sort()).toEqual(["shop--pr-1--late--0a1b2c3d", "shop--pr-1--wall", "shop--pr-12--wall--0a1b2c3d"]);
});

test("expired sessions are deleted, and a policy holds", async () => {
  add(withExpiry(NAME, Date.now() - 120_000));
  add(withExpiry("shop--pr-2--wall--0a1b2c3d", Date.now() + 120_000));
  const refused = await run(["sweep", "--expired", "--yes"], { ALICLOUD_LIVE_ON_DELETE: "refuse" });
  expect(refused).toMatchObject({ exitCode: 3, text: expect.stringMatching(/is left: .*is running/) });
  expect(await run(["sweep", "--expired", "--yes"])).toMatchObject({ exitCode: 0 });
  expect(names()).toHaveLength(1);
});

test.each([
  [["sweep"], 2, /Say what to look for/],
  [["sweep", "--project", "shop"], 2, /belong together/],
  [["sweep", "--project", "shop", "--stack", "pr-1", "--yes"], 2, /need --state/],
  [["sweep", "--plan", "plan.json"], 2, /--plan needs --yes/],
  [["sweep", "--plan", "plan.json", "--expired", "--yes"], 2, /no other choice/],
  [["sweep", "--older-than", "soon"], 2, /duration/],
  [["sweep", "--state", "/nowhere/state.json"], 1, /cannot be read as a state: ENOENT/],
  [["sweep", "--plan", "/nowhere/plan.json", "--yes"], 1, /cannot be read as a plan/],
  [["sweep", "--expired", "--idle"], 2, /give one/],
  [["sweep", "--project", "", "--stack", "", "--yes"], 2, /not empty/],
  [["sweep", "--older-than", "1h", "--region", "cn nowhere"], 2, /region id/],
  [["list", "--stack", "pr-1"], 2, /belong together/],
])("%j ends with %s before any call", async (args, exitCode, text) => {
  expect(await run(args as string[])).toMatchObject({ exitCode, text: expect.stringMatching(text as RegExp) });
  expect(server.cloud.journal).toEqual([]);
});

test("a state of another stack ends with 1 before any call", async () => {
  const file = join(folder, "other.json");
  const urn = "urn:pulumi:pr-2::shop::pulumi:pulumi:Stack::shop-pr-2";
  writeFileSync(file, JSON.stringify({ deployment: { resources: [{ urn, type: "pulumi:pulumi:Stack" }] } }));
  const ended = await run(["sweep", "--project", "shop", "--stack", "pr-1", "--state", file, "--yes"]);
  expect(ended).toMatchObject({ exitCode: 1, text: expect.stringMatching(/is that of shop\/pr-2, not of shop\/pr-1/) });
  expect(server.cloud.journal).toEqual([]);
});

test("a plan of another account is not carried out", async () => {
  add(NAME);
  const plan = join(folder, "account.json");
  await run(["sweep", "--project", "shop", "--stack", "pr-1", "--save", plan]);
  const other = server.accounts[1];
  const keys = {
    ALIBABA_CLOUD_ACCESS_KEY_ID: other?.accessKeyId ?? "",
    ALIBABA_CLOUD_ACCESS_KEY_SECRET: other?.accessKeySecret ?? "",
  };
  const ended = await run(["sweep", "--plan", plan, "--yes"], keys);
  expect(ended).toMatchObject({ exitCode: 1, text: expect.stringMatching(/The plan is for account/) });
  expect(names()).toEqual([NAME]);
});

test("credentials that are refused end with 1, and a region that cannot be read with 3", async () => {
  const wrong = await run(["list"], { ALIBABA_CLOUD_ACCESS_KEY_SECRET: HUSH });
  expect(wrong.exitCode).toBe(1);
  expect(wrong.text).not.toContain(HUSH);
  add(NAME);
  server.cloud.setFaults([
    { action: "DescribeLiveStreamMonitorList", kind: "error", status: 403, code: "Forbidden.RAM", times: 1 },
  ]);
  expect(await run(["sweep", "--expired"])).toMatchObject({
    exitCode: 3,
    text: expect.stringMatching(/could not be read/),
  });
});

test("after a signal no other session is begun, and what is left is named", async () => {
  for (let index = 0; index < 12; index += 1) {
    add(`shop--pr-1--wall-${index}--0a1b2c3d`);
  }
  const args = [BIN, "sweep", "--older-than", "1h", "--region", "cn-shanghai", "--parallel", "2", "--yes"];
  const child = spawn(process.execPath, args, { env: environment() });
  let text = "";
  child.stdout.on("data", (chunk) => {
    const isFirst = !text.includes("[1/12]");
    text += chunk;
    if (isFirst && text.includes("[1/12]")) {
      child.kill("SIGINT");
    }
  });
  const exitCode = await new Promise((resolve) => child.on("close", resolve));
  expect(exitCode).toBe(3);
  const left = server.cloud.sessions.all();
  // One is deleted, and two more may have been under way.
  expect(left.length).toBeGreaterThanOrEqual(9);
  for (const { MonitorId } of left) {
    expect(text).toContain(`(${MonitorId}) is left: Interrupted by a signal.`);
  }
});

test("an empty plan is carried out: there is nothing to delete", async () => {
  const plan = join(folder, "empty.json");
  expect(await run(["sweep", "--project", "shop", "--stack", "pr-1", "--save", plan])).toMatchObject({ exitCode: 0 });
  expect(await run(["sweep", "--plan", plan, "--yes"])).toMatchObject({
    exitCode: 0,
    text: expect.stringMatching(/account \d+.*\nNo session matches/),
  });
});

test("what has changed since it was listed is left, whatever the change", async () => {
  for (const [at, change] of [
    [1, { MonitorName: "prod studio 1" }],
    [2, { MonitorName: "shop--pr-2--wall--0a1b2c3d" }],
    [3, { StartTime: "2026-11-26T00:00:00Z" }],
  ] as const) {
    server.cloud.reset();
    const ids = [0, 1, 2, 3].map((index) => add(`shop--pr-1--wall-${index}--0a1b2c3d`));
    const args = [BIN, "sweep", "--older-than", "1h", "--region", "cn-shanghai", "--parallel", "1", "--yes"];
    const child = spawn(process.execPath, args, { env: environment() });
    let text = "";
    child.stdout.on("data", (chunk) => {
      const isFirst = !text.includes("[1/4]");
      text += chunk;
      const session = server.cloud.sessions.get(ids[3] as string);
      if (isFirst && text.includes("[1/4]") && session !== undefined) {
        Object.assign(session, change);
      }
    });
    expect([at, await new Promise((resolve) => child.on("close", resolve))]).toEqual([at, 3]);
    expect(server.cloud.sessions.all().map(({ MonitorId }) => MonitorId)).toEqual([ids[3]]);
    expect(text).toMatch(/has changed since it was listed, so it was not deleted/);
  }
});

test("the policy that is shown is the one that is carried out, whatever the variable says", async () => {
  const plan = join(folder, "refuse.json");
  const id = add(NAME);
  await run(["sweep", "--older-than", "1h", "--save", plan], { ALICLOUD_LIVE_ON_DELETE: "refuse" });
  const swept = await run(["sweep", "--plan", plan, "--yes"], { ALICLOUD_LIVE_ON_DELETE: "stop" });
  expect(swept).toMatchObject({
    exitCode: 3,
    text: expect.stringMatching(/\(onDelete: refuse\)[\s\S]*is left: .*"refuse"/),
  });
  expect(server.cloud.sessions.get(id)).toMatchObject({ Status: 1 });
});

test("a state of another account ends with 1, and sessions of other regions than those asked for are not touched", async () => {
  add(NAME);
  const file = join(folder, "other-account.json");
  const urn = "urn:pulumi:pr-1::shop::pulumi-nodejs:dynamic/live:StreamMonitor::wall";
  const resources = [{ urn, type: "pulumi-nodejs:dynamic/live:StreamMonitor", id: "m", outputs: { accountId: "42" } }];
  writeFileSync(file, JSON.stringify({ version: 3, deployment: { resources } }));
  const swept = await run(["sweep", "--state", file, "--project", "shop", "--stack", "pr-1", "--yes"]);
  expect(swept).toMatchObject({ exitCode: 1, text: expect.stringMatching(/sessions of account 42/) });
  expect(await run(["sweep", "--older-than", "1h", "--region", "cn-beijing", "--yes"])).toMatchObject({ exitCode: 0 });
  expect(names()).toEqual([NAME]);
});

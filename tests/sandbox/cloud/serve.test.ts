import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { sdkCall } from "./support/sdk";

const BIN = resolve(__dirname, "../../../cli/bin.js");
const scratch = mkdtempSync(join(tmpdir(), "serve-"));
const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) {
    child.kill("SIGKILL");
  }
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

interface Serving {
  child: ChildProcess;
  lines: string[];
  firstLine: Promise<string>;
  /** Exit code and everything on standard error. */
  ended: Promise<[number | null, string]>;
}

function serve(...args: string[]): Serving {
  const child = spawn(process.execPath, [BIN, "sandbox", "serve", ...args], { stdio: ["ignore", "pipe", "pipe"] });
  children.push(child);
  const lines: string[] = [];
  const errors: string[] = [];
  const reader = createInterface({ input: child.stdout as NodeJS.ReadableStream });
  reader.on("line", (line) => lines.push(line));
  child.stderr?.on("data", (chunk: Buffer) => errors.push(chunk.toString()));
  const firstLine = once(reader, "line").then(([line]) => String(line));
  const ended = once(child, "close").then(([code]): [number | null, string] => [code, errors.join("")]);
  return { child, lines, firstLine, ended };
}

function file(name: string, content: unknown): string {
  const path = join(scratch, name);
  writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
  return path;
}

async function ask(endpoint: string, what: string) {
  return JSON.parse(await (await fetch(`${endpoint}/_sandbox/${what}`)).text());
}

test.each(["SIGTERM", "SIGINT"] as const)(
  "with --json the first line says all, and %s ends it well",
  async (signal) => {
    const { child, lines, firstLine, ended } = serve("--json");
    const { endpoint, accounts } = JSON.parse(await firstLine);
    expect(endpoint).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(accounts.length).toBeGreaterThanOrEqual(2);
    for (const key of accounts) {
      expect(Object.keys(key)).toEqual(["accountId", "accessKeyId", "accessKeySecret"]);
      expect(await sdkCall(endpoint, key, "GetCallerIdentity")).toMatchObject({ AccountId: key.accountId });
    }
    child.kill(signal);
    expect(await ended).toEqual([0, ""]);
    expect(lines).toHaveLength(1);
  },
);

test("for people it says what to put into the environment", async () => {
  const { child, lines, firstLine, ended } = serve();
  expect(await firstLine).toMatch(/http:\/\/127\.0\.0\.1:\d+/);
  child.kill("SIGTERM");
  await ended;
  const text = lines.join("\n");
  for (const name of ["ENDPOINT_LIVE", "ENDPOINT_STS", "ACCESS_KEY_ID", "ACCESS_KEY_SECRET", "REGION"]) {
    expect(text).toMatch(new RegExp(`ALIBABA_CLOUD_${name}=\\S+`));
  }
});

test("port, switches, faults and accounts are what they are told to be", async () => {
  const key = { accountId: "42", accessKeyId: "a", accessKeySecret: "b", securityToken: "t", actions: ["live:*"] };
  const free = createServer().listen(0, "127.0.0.1");
  await once(free, "listening");
  const { port } = free.address() as { port: number };
  await new Promise((resolved) => free.close(resolved));
  const { firstLine } = serve(
    "--json",
    ...["--port", String(port)],
    ...["--switches", file("switches.json", { quota: 7 })],
    ...["--faults", file("faults.json", [{ action: "GetCallerIdentity", kind: "error", code: "Odd" }])],
    ...["--accounts", file("accounts.json", [key])],
  );
  const { actions: _actions, ...told } = key;
  expect(JSON.parse(await firstLine)).toEqual({ endpoint: `http://127.0.0.1:${port}`, accounts: [told] });
  await expect(sdkCall(`http://127.0.0.1:${port}`, key, "GetCallerIdentity")).rejects.toMatchObject({ code: "Odd" });
  const switches: { name: string; value: unknown }[] = await ask(`http://127.0.0.1:${port}`, "switches");
  expect(switches.find((each) => each.name === "quota")?.value).toBe(7);
});

test("one that is told to stop while a client waits stops all the same", async () => {
  const { child, firstLine, ended } = serve("--json", "--faults", file("hang.json", [{ action: "*", kind: "hang" }]));
  const { endpoint, accounts } = JSON.parse(await firstLine);
  const call = expect(sdkCall(endpoint, accounts[0], "List")).rejects.toThrow();
  while ((await ask(endpoint, "calls")).length === 0) {
    // Until the call has come in.
  }
  child.kill("SIGTERM");
  expect(await ended).toEqual([0, ""]);
  await call;
});

describe("what is wrong is said in a few words", () => {
  test.each([
    ["a port that is none", ["--port", "70000"], /--port.*0 to 65535/],
    ["a file that is not there", ["--switches", join(scratch, "none.json")], /none\.json: ENOENT/],
    ["a file that is not JSON", ["--faults", file("bad.json", "{")], /bad\.json is not JSON: /],
    ["switches", ["--switches", file("wrong.json", { quota: -1, odd: 1 })], /wrong\.json: Bad switches: quota.*"odd"/],
    ["accounts", ["--accounts", file("none.json5", [])], /none\.json5: Bad accounts/],
    ["an option that is not known", ["--verbose"], /--verbose/],
  ])("%s", async (_what, args, message) => {
    const { lines, ended, firstLine } = serve(...args);
    firstLine.catch(() => {});
    const [code, errors] = await ended;
    // A wrong command line is told from a wrong file.
    expect([code, lines]).toEqual([/^--(port|verbose)$/.test(String(args[0])) ? 2 : 1, []]);
    expect(errors).toMatch(message);
    expect(errors.trim().split("\n")).toHaveLength(1);
  });

  test("a port in use", async () => {
    const taken = createServer().listen(0, "127.0.0.1");
    await once(taken, "listening");
    const { port } = taken.address() as { port: number };
    const { ended } = serve("--port", String(port));
    expect(await ended).toEqual([
      1,
      `error: Port ${port} is in use. The sandbox did not start. Choose another --port, or leave it out to use any free port.\n`,
    ]);
    await new Promise((resolved) => taken.close(resolved));
  });
});

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { onSignals, SIGNALS } from "../../../cli/signals";

const ROOT = resolve(__dirname, "../../..");
const EXIT_CODES = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;
type Name = keyof typeof EXIT_CODES;
const PAIRS = SIGNALS.flatMap((first) => SIGNALS.map((second) => [first, second] as const));

describe("signals", () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  function stage() {
    const listeners = new Map<Name, (name: Name) => void>();
    const did: string[] = [];
    const host = {
      exitCode: undefined as number | undefined,
      on: (name: Name, listener: (name: Name) => void) => listeners.set(name, listener),
      off: (name: Name) => listeners.delete(name),
      exit: (code: number) => did.push(`exit ${code}`),
    };
    onSignals({ stop: () => did.push("stop"), kill: () => did.push("kill") }, host);
    return { did, host, send: (name: Name) => listeners.get(name)?.(name) };
  }

  test.each(PAIRS)("%s, then %s: stop, then kill, and an end whatever hangs", (first, second) => {
    const { did, host, send } = stage();
    send(first);
    expect([did, host.exitCode]).toEqual([["stop"], EXIT_CODES[first]]);
    jest.advanceTimersByTime(600_000);
    send(second);
    expect([did, host.exitCode]).toEqual([["stop", "kill"], EXIT_CODES[second]]);
    jest.advanceTimersByTime(6_000);
    expect(did).toEqual(["stop", "kill", `exit ${EXIT_CODES[second]}`]);
  });

  test.each(SIGNALS)("a third, %s, waits for nothing", (third) => {
    const { did, send } = stage();
    send("SIGINT");
    send("SIGTERM");
    send(third);
    expect(did).toEqual(["stop", "kill", `exit ${EXIT_CODES[third]}`]);
  });
});

/** A project whose program hears nothing. */
function stuckProject(): string {
  const folder = mkdtempSync(join(tmpdir(), "stuck-"));
  mkdirSync(join(folder, "node_modules"));
  symlinkSync(join(ROOT, "node_modules", "@pulumi"), join(folder, "node_modules", "@pulumi"));
  writeFileSync(join(folder, "Pulumi.yaml"), "name: stuck\nruntime: nodejs\n");
  writeFileSync(join(folder, "package.json"), '{"name": "stuck", "main": "index.js"}');
  writeFileSync(join(folder, "index.js"), `require("node:fs").writeFileSync("begun", ""); for (;;) {}`);
  return folder;
}

function cli(...args: string[]): ChildProcess {
  const env = { ...process.env, PULUMI_CONFIG_PASSPHRASE: "x", LIVE_ENDPOINT: "none.invalid" };
  return spawn(process.execPath, [join(ROOT, "cli", "bin.js"), "sandbox", ...args], { env, stdio: "pipe" });
}

test.concurrent.each([
  ["up", "SIGTERM", "SIGTERM"],
  ["preview", "SIGHUP", "SIGINT"],
] as const)("sandbox %s: %s, then %s end it and a program that hears nothing", async (operation, first, second) => {
  const folder = stuckProject();
  try {
    const child = cli(operation, "--cwd", folder);
    const ended = once(child, "close");
    child.stdout?.resume();
    const said = new Promise<void>((resolved) => child.stderr?.on("data", () => resolved()));
    while (!existsSync(join(folder, "begun"))) {
      await new Promise((resolved) => setTimeout(resolved, 50));
    }
    child.kill(first);
    await said;
    child.kill(second);
    expect(await ended).toEqual([EXIT_CODES[second], null]);
    const state = join(folder, ".pulumi-sandbox");
    expect(existsSync(state) ? readdirSync(state).filter((name) => /lock|tmp/.test(name)) : []).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test.concurrent.each([
  ["export", []],
  ["up", ["pulumi:pulumi:Stack"]],
] as const)("sandbox %s whose reader is gone ends without a trace, and not with 0", async (operation, awaited) => {
  const folder = stuckProject();
  try {
    writeFileSync(join(folder, "index.js"), "");
    const resources = [
      { urn: "urn:pulumi:dev::stuck::t::u", custom: false, type: "t", outputs: { text: "x".repeat(1_000_000) } },
    ];
    const state = join(folder, "state.json");
    writeFileSync(state, JSON.stringify({ version: 3, deployment: operation === "export" ? { resources } : {} }));
    const child = cli(operation, "--cwd", folder, "--state", state);
    const ended = once(child, "close");
    let errors = "";
    child.stderr?.on("data", (chunk) => {
      errors += chunk;
    });
    if (awaited.length > 0) {
      await once(child.stdout as NodeJS.ReadableStream, "data");
    }
    child.stdout?.destroy();
    expect([await ended, errors]).toEqual([[1, null], ""]);
    expect(readdirSync(folder).filter((name) => /lock|tmp/.test(name))).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

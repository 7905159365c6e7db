// A cloud of its own for each measurement, and whole stacks on it.
import { fork, spawn } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
/** How long a stop takes to show; the other switches stay as they are. */
export const STOP_DELAY_MS = 2000;
export const START_DELAY_MS = 200;

export class Stage {
  static async open() {
    const scratch = mkdtempSync(join(tmpdir(), "bench-"));
    const switches = join(scratch, "switches.json");
    writeFileSync(switches, JSON.stringify({ stopDelayMs: STOP_DELAY_MS }));
    const child = spawn(
      process.execPath,
      [join(root, "cli/bin.js"), "sandbox", "serve", "--json", "--switches", switches],
      {
        stdio: ["ignore", "pipe", "inherit"],
      },
    );
    const line = await new Promise((resolve) => createInterface({ input: child.stdout }).once("line", resolve));
    return new Stage(scratch, child, JSON.parse(line));
  }

  constructor(scratch, child, { endpoint, accounts }) {
    Object.assign(this, { scratch, child, endpoint, account: accounts[0] });
  }

  close() {
    this.child.kill();
    rmSync(this.scratch, { recursive: true, force: true, maxRetries: 3 });
  }

  async ask(what, body, method = body === undefined ? "GET" : "PUT") {
    const answer = await fetch(`${this.endpoint}/_sandbox/${what}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return answer.json();
  }

  /** The calls since the last time that this was asked; without those of STS, unless they are asked for. */
  async calls({ sts = false } = {}) {
    const all = await this.ask("calls");
    const news = all.slice(this.seen ?? 0);
    this.seen = all.length;
    return news.filter((call) => sts || call.action !== "GetCallerIdentity");
  }

  /** A stack of `n` resources of a kind: each has a folder and a state of its own. */
  stack(kind, n, env = {}, name = "bench") {
    const directory = mkdtempSync(join(this.scratch, "stack-"));
    cpSync(join(root, "bench/programs"), directory, { recursive: true });
    symlinkSync(join(root, "node_modules"), join(directory, "node_modules"), "junction");
    const main = { name: "bench", private: true, main: `${kind}.js` };
    writeFileSync(join(directory, "package.json"), JSON.stringify(main));
    writeFileSync(
      join(directory, "Pulumi.yaml"),
      "name: bench\nruntime:\n  name: nodejs\n  options:\n    typescript: false\n",
    );
    return new Stack(this, directory, name, {
      ...process.env,
      ALIBABA_CLOUD_ENDPOINT_LIVE: this.endpoint,
      ALIBABA_CLOUD_ENDPOINT_STS: this.endpoint,
      ALIBABA_CLOUD_ACCESS_KEY_ID: this.account.accessKeyId,
      ALIBABA_CLOUD_ACCESS_KEY_SECRET: this.account.accessKeySecret,
      ALIBABA_CLOUD_REGION: "cn-shanghai",
      PULUMI_CONFIG_PASSPHRASE: "bench",
      BENCH_N: String(n),
      BENCH_PEER: join(root, "bench/peer.js"),
      ...env,
    });
  }
}

class Stack {
  constructor(stage, directory, name, env) {
    Object.assign(this, { stage, directory, name, env, stateFile: join(directory, "state.json") });
  }

  /** Runs one operation in a process of its own, and tells how long it took, in ms. */
  async run(operation, parallel, env = {}, onPlugin) {
    const began = performance.now();
    const options = { operation, parallel, cwd: this.directory, stateFile: this.stateFile, stack: this.name };
    const child = fork(join(root, "bench/run-operation.cjs"), [JSON.stringify(options)], {
      env: { ...this.env, ...env },
    });
    onPlugin?.(child);
    const code = await new Promise((resolve) => child.once("exit", resolve));
    if (code !== 0) {
      throw new Error(`${operation} failed`);
    }
    return performance.now() - began;
  }

  /** Brings it up as fast as it goes: what comes before a measurement is not measured. */
  async prepare(env = {}) {
    await this.stage.ask("switches", { qps: 1000, startDelayMs: 0 });
    await this.run("up", 64, { ALICLOUD_LIVE_RATE_FACTOR: "100", ...env });
    await this.stage.ask("switches", { qps: 1, startDelayMs: START_DELAY_MS });
    await new Promise((resolve) => setTimeout(resolve, 1100));
    await this.stage.calls();
  }

  state() {
    return JSON.parse(readFileSync(this.stateFile, "utf8")).deployment;
  }
}

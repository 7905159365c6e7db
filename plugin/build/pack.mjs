// Makes the archives that `pulumi plugin install --file` and `--server` take, one for each platform, with their checksums.
// Usage: npm run plugin:pack [-- FOLDER]
import { createHash } from "node:crypto";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { create } from "tar";

const root = dirname(dirname(import.meta.dirname));
const plugin = join(root, "plugin");
const out = resolve(process.argv[2] ?? join(plugin, "packed"));
const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));

const PLATFORMS = ["linux-amd64", "linux-arm64", "darwin-amd64", "darwin-arm64", "windows-amd64"];
/** The files of the plugin are the same everywhere; only the name of the file that Pulumi starts differs. */
const COMMON = ["plugin.js", "schema.json", "LICENSES.txt"];

mkdirSync(out, { recursive: true });
const sums = [];
for (const platform of PLATFORMS) {
  const folder = mkdtempSync(join(tmpdir(), "plugin-"));
  const files = [...COMMON, `pulumi-resource-alicloud-live${platform.startsWith("windows") ? ".cmd" : ""}`, "LICENSE"];
  for (const file of files) {
    cpSync(join(file === "LICENSE" ? root : plugin, file), join(folder, file));
  }
  const name = `pulumi-resource-alicloud-live-v${version}-${platform}.tar.gz`;
  // The same content gives the same bytes, whoever packs it.
  await create({ gzip: true, cwd: folder, file: join(out, name), portable: true, mtime: new Date(0) }, files);
  const archive = readFileSync(join(out, name));
  sums.push(`${createHash("sha256").update(archive).digest("hex")}  ${name}`);
  rmSync(folder, { recursive: true, force: true });
}
writeFileSync(join(out, "SHA256SUMS"), `${sums.join("\n")}\n`);
console.log(sums.join("\n"));

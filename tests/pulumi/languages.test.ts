import { execFile, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type CloudServer, startCloud } from "../../sandbox/cloud";
import { ROOT } from "../stack/harness/place";

const PLUGIN = join("node_modules", "pulumi-alicloud-live", "plugin", "pulumi-resource-alicloud-live");
const hasHost = (language: string) => spawnSync("sh", ["-c", `command -v pulumi-language-${language}`]).status === 0;

let server: CloudServer;
const scratch = mkdtempSync(join(tmpdir(), "languages-"));
beforeAll(async () => {
  server = await startCloud({ switches: { startDelayMs: 50, stopDelayMs: 50 } });
});
afterAll(async () => {
  await server.close();
  rmSync(scratch, { recursive: true, force: true, maxRetries: 5 });
});

/** The example as a user has it: in a folder of its own, with the package installed. */
function project(example: string): string {
  const folder = join(scratch, example);
  cpSync(join(ROOT, "examples", example), folder, {
    recursive: true,
    filter: (path) => !path.includes("node_modules"),
  });
  mkdirSync(join(folder, "node_modules"));
  symlinkSync(ROOT, join(folder, "node_modules", "pulumi-alicloud-live"), "junction");
  symlinkSync(join(ROOT, "node_modules", "@pulumi"), join(folder, "node_modules", "@pulumi"), "junction");
  return folder;
}

function run(folder: string, command: string, args: string[]): Promise<string> {
  const [account] = server.accounts;
  const env = {
    ...process.env,
    ALIBABA_CLOUD_ENDPOINT_LIVE: server.endpoint,
    ALIBABA_CLOUD_ENDPOINT_STS: server.endpoint,
    ALIBABA_CLOUD_ACCESS_KEY_ID: account?.accessKeyId,
    ALIBABA_CLOUD_ACCESS_KEY_SECRET: account?.accessKeySecret,
    ALIBABA_CLOUD_REGION: "cn-shanghai",
    PULUMI_BACKEND_URL: `file://${scratch}`,
    PULUMI_HOME: join(scratch, "home"),
    PULUMI_CONFIG_PASSPHRASE: "x",
    PULUMI_SKIP_UPDATE_CHECK: "true",
  };
  return new Promise((resolve, reject) =>
    execFile(command, args, { cwd: folder, env, maxBuffer: 2 ** 26 }, (error, stdout, stderr) =>
      error === null ? resolve(stdout) : reject(new Error(`${command} ${args.join(" ")}:\n${stdout}${stderr}`)),
    ),
  );
}

const LANGUAGES: [language: string, example: string, needsSdk: boolean][] = [
  ["yaml", "plugin-yaml", false],
  ["nodejs", "plugin-typescript", false],
  ["python", "plugin-python", true],
  ["go", "plugin-go", true],
];

/** The steps of docs/faces.md. A language whose host is not on the PATH is skipped, and jest says so. */
describe.each(LANGUAGES)("%s", (language, example, needsSdk) => {
  const played = hasHost(language) ? test : test.skip;
  played(
    "up, a second up that changes nothing, and destroy",
    async () => {
      const folder = project(example);
      const pulumi = (...args: string[]) => run(folder, "pulumi", [...args, "--non-interactive"]);
      await pulumi("stack", "init", "dev");
      if (needsSdk) {
        await pulumi("package", "add", PLUGIN);
      }
      await pulumi("up", "--yes", "--skip-preview");
      expect(server.cloud.sessions.all()).toMatchObject([{ Status: 1 }]);
      await pulumi("up", "--yes", "--expect-no-changes");
      const urls = JSON.parse(await pulumi("stack", "output", "--json"));
      expect(urls.playUrl).toMatch(/^http:\/\/play\.example\.com\/monitor\//);
      await pulumi("destroy", "--yes", "--skip-preview");
      expect(server.cloud.sessions.all()).toEqual([]);
    },
    600_000,
  );
});

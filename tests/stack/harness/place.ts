import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { CloudServer } from "../../../sandbox/cloud";
import { Crypter } from "../../../sandbox/engine/state/crypter";
import type { Environment, Face, Place } from "./engine";
import { endProcessesIn } from "./processes";

export const ROOT = resolve(__dirname, "../../..");
export const PASSPHRASE = "scenario passphrase";
/** A salt that goes with the passphrase, for both engines: to make a key of a new one takes half a second. */
export const SALT = "v1:c2NlbmFyaW8=:v1:c2NlbmFyaW8tb25l:c4IvqPEQuKGtov4V1wJjHLhMbU+uOg==";

/** Stands in every secret that scenarios use; nothing but encrypted state may ever hold it. */
export const HUSH = "hush-hush";

const PLUGINS = "plugins: { providers: [{ name: alicloud-live, path: node_modules/pulumi-alicloud-live/plugin }] }\n";

/** An empty project in a folder of its own, laid out as `npm install` of the package and of Pulumi's SDK leaves it. */
export function makePlace(server: CloudServer, face: Face): Place {
  const scratch = realpathSync(mkdtempSync(join(tmpdir(), "stack-")));
  const directory = join(scratch, "project");
  mkdirSync(join(directory, "node_modules"), { recursive: true });
  mkdirSync(join(scratch, "user"));
  writeFileSync(join(directory, "package.json"), '{ "name": "program", "private": true, "main": "index.js" }\n');
  writeFileSync(
    join(directory, "Pulumi.yaml"),
    `name: shop\nruntime: { name: nodejs, options: { typescript: false } }\n${face === "plugin" ? PLUGINS : ""}`,
  );
  symlinkSync(join(ROOT, "node_modules", "@pulumi"), join(directory, "node_modules", "@pulumi"), "junction");
  const place = { face, directory, scratch, stack: "dev", env: environment(server, join(scratch, "user")) };
  installPackage(place);
  writeConfig(place, {});
  return place;
}

export function installPackage({ directory }: Place): void {
  symlinkSync(ROOT, join(directory, "node_modules", "pulumi-alicloud-live"), "junction");
}

export function uninstallPackage({ directory }: Place): void {
  rmSync(join(directory, "node_modules", "pulumi-alicloud-live"), { force: true });
}

export function clearPlace({ scratch }: Place): void {
  endProcessesIn(scratch);
  rmSync(scratch, { recursive: true, force: true, maxRetries: 5 });
}

/** Writes the stack's configuration, as `pulumi config set` does, with `--secret` for the keys that are named. */
export function writeConfig(place: Place, config: Record<string, string>, secrets: string[] = []): void {
  const { directory, stack, face } = place;
  const crypter = Crypter.open(PASSPHRASE, SALT);
  const lines = Object.entries(config).map(([key, value]) => {
    const own = face === "plugin" ? key.replace(/^alicloud:/, "alicloud-live:") : key;
    return secrets.includes(key)
      ? `  ${own}: { secure: "${crypter.encrypt(value)}" }`
      : `  ${own}: ${JSON.stringify(value)}`;
  });
  const text = [`encryptionsalt: ${SALT}`, ...(lines.length > 0 ? ["config:", ...lines] : [])].join("\n");
  writeFileSync(join(directory, `Pulumi.${stack}.yaml`), `${text}\n`);
}

/** The environment of engines, programs and plugins: nothing of the user's own clouds, keys and Pulumi account is left. */
function environment(server: CloudServer, home: string): Environment {
  const own = Object.entries(process.env).filter(([name]) => !/^(ALIBABA_CLOUD|ALICLOUD|LIVE|STS|PULUMI)_/.test(name));
  const [account] = server.accounts;
  return {
    ...Object.fromEntries(own),
    HOME: home,
    USERPROFILE: home,
    ALIBABA_CLOUD_ENDPOINT_LIVE: server.endpoint,
    ALIBABA_CLOUD_ENDPOINT_STS: server.endpoint,
    ALIBABA_CLOUD_ACCESS_KEY_ID: account?.accessKeyId,
    ALIBABA_CLOUD_ACCESS_KEY_SECRET: account?.accessKeySecret,
    ALIBABA_CLOUD_REGION: "cn-shanghai",
    ALIBABA_CLOUD_ECS_METADATA_DISABLED: "true",
    PULUMI_CONFIG_PASSPHRASE: PASSPHRASE,
  };
}

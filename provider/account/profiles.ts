import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { parsed } from "../base/objects";
import { redact } from "../base/redact";
import { isObject } from "../live/types";
import { SourceFailure } from "./source-request";

/** The required fields by mode of a profile of the Alibaba Cloud CLI: the library takes missing ones from the environment. */
const NEEDS: Readonly<Record<string, readonly string[]>> = {
  AK: ["access_key_id", "access_key_secret"],
  StsToken: ["access_key_id", "access_key_secret", "sts_token"],
  RamRoleArn: ["access_key_id", "access_key_secret", "ram_role_arn"],
  EcsRamRole: [],
  OIDC: ["oidc_provider_arn", "oidc_token_file", "ram_role_arn"],
  ChainableRamRoleArn: ["source_profile", "ram_role_arn"],
  CloudSSO: ["cloud_sso_sign_in_url", "cloud_sso_account_id", "cloud_sso_access_config", "access_token"],
  OAuth: ["oauth_site_type"],
  External: ["process_command"],
};

/** The same for a section of the file of the SDKs. */
const SECTION_NEEDS: Readonly<Record<string, readonly string[]>> = {
  access_key: ["access_key_id", "access_key_secret"],
  ecs_ram_role: [],
  ram_role_arn: ["access_key_id", "access_key_secret", "role_arn"],
};

/** The profiles of one file, in the form of the library, and the one to use. */
export interface Profiles {
  conf: { current: string; profiles: Record<string, unknown>[] };
  name: string;
  /** The profile in words, for messages. */
  label: string;
  /** Whether its mode, or that of its last source, runs a program. */
  runsHelper: boolean;
}

type Env = Readonly<Record<string, string | undefined>>;

/** Where the Alibaba Cloud CLI keeps its profiles. */
export function defaultProfileFile(env: Env): string {
  return join(home(env), ".aliyun", "config.json");
}

export function home(env: Env): string {
  return (process.platform === "win32" ? env.USERPROFILE : env.HOME) || homedir();
}

/** Finds a complete profile in a file of the Alibaba Cloud CLI, or tells what is missing. */
export async function readProfiles(file: string, wanted: string | undefined): Promise<Profiles | { missing: string }> {
  const text = await contentOf(file);
  if (text === undefined) {
    return { missing: `the profile file ${file} does not exist` };
  }
  const conf = parsed(text);
  const listed: unknown = isObject(conf) ? conf.profiles : undefined;
  if (!isObject(conf) || !Array.isArray(listed)) {
    throw new SourceFailure("final", `the profile file ${file} is not the JSON that the Alibaba Cloud CLI writes`);
  }
  const profiles = listed.filter(isObject);
  const name = wanted ?? (typeof conf.current === "string" && conf.current !== "" ? conf.current : "default");
  const label = `profile "${redact(name).slice(0, 64)}" of ${file}`;
  if (!profiles.some((each) => each.name === name)) {
    return { missing: `${label} does not exist` };
  }
  const runsHelper = expectComplete(profiles, name, label, []) === "External";
  return { conf: { current: name, profiles }, name, label, runsHelper };
}

async function contentOf(file: string): Promise<string | undefined> {
  try {
    return (await readFile(file, "utf8")).replace(/^\uFEFF/, "");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") {
      return undefined;
    }
    throw new SourceFailure("final", `the profile file ${file} cannot be read (${code ?? "unknown reason"})`);
  }
}

/** Follows a chain of source profiles, and returns the mode of the last; a circle is an error. */
function expectComplete(profiles: Record<string, unknown>[], name: string, label: string, seen: string[]): string {
  const profile = profiles.find((each) => each.name === name);
  if (profile === undefined) {
    throw new SourceFailure("final", `${label} does not exist`);
  }
  expectFields(profile, String(profile.mode), NEEDS, label);
  if (profile.mode === "ChainableRamRoleArn") {
    const source = String(profile.source_profile);
    if (seen.includes(source) || source === name) {
      throw new SourceFailure("final", `${label} has source profiles that form a loop`);
    }
    const sourceLabel = `source profile "${redact(source).slice(0, 64)}" of ${label}`;
    return expectComplete(profiles, source, sourceLabel, [...seen, name]);
  }
  return String(profile.mode);
}

/** Refuses a profile that the library would complete from the environment. */
function expectFields(profile: Record<string, unknown>, mode: string, needs: typeof NEEDS, label: string): void {
  const needed = Object.hasOwn(needs, mode) ? needs[mode] : undefined;
  if (needed === undefined) {
    throw new SourceFailure("final", `${label} has none of the supported modes (${Object.keys(needs).join(", ")})`);
  }
  const missing = needed.filter((key) => typeof profile[key] !== "string" || profile[key].trim() === "");
  if (missing.length > 0) {
    throw new SourceFailure("final", `${label} lacks ${missing.join(" and ")}`);
  }
}

/** The same for the sections that the library reads itself. */
export function expectSection(ini: unknown, name: string, file: string): void {
  const section = isObject(ini) ? ini[name] : undefined;
  const label = `section "${redact(name).slice(0, 64)}" of ${file}`;
  if (!isObject(section)) {
    throw new SourceFailure("final", `${label} does not exist`);
  }
  expectFields(section, String(section.type), SECTION_NEEDS, label);
}

import { existsSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { parse } from "yaml";
import { Crypter, findPassphrase } from "./crypter";
import { EngineError, refused } from "./errors";
import { makeSecret, type Value, type Values } from "./values";

/** A Pulumi project with the configuration of one stack. */
export interface Project {
  name: string;
  /** The folder that the program and the plugin run in. */
  programDirectory: string;
  /** The program in it: a file, or `.` for what package.json names. */
  entryPoint: string;
  typescript: boolean;
  nodeArgs: string[];
  /** Configuration by full key; secrets are marked. Structured values are JSON texts. */
  config: Values;
}

interface ProjectFile {
  name?: string;
  runtime?: string | { name?: string; options?: { typescript?: boolean; nodeargs?: string } };
  main?: string;
  config?: Record<string, unknown>;
}

export function loadProject(
  directory: string,
  stack: string,
  env: Readonly<Record<string, string | undefined>>,
  keyFile: string,
): Project {
  const path = ["Pulumi.yaml", "Pulumi.yml"].map((name) => join(directory, name)).find(existsSync);
  if (path === undefined) {
    throw new EngineError(
      `There is no Pulumi.yaml in ${directory}. Nothing was done. Say where the project is with --cwd.`,
    );
  }
  const file = (parse(readFileSync(path, "utf8")) ?? {}) as ProjectFile;
  const runtime = typeof file.runtime === "string" ? { name: file.runtime } : (file.runtime ?? {});
  if (!file.name) {
    throw new EngineError(`${path} names no project. Nothing was done.`);
  }
  if (runtime.name !== "nodejs") {
    throw refused(`the runtime "${runtime.name ?? ""}" (only nodejs)`);
  }
  const { options } = runtime as { options?: { typescript?: boolean; nodeargs?: string } };
  return {
    name: file.name,
    ...locate(directory, file.main),
    typescript: options?.typescript !== false,
    nodeArgs: options?.nodeargs?.split(/\s+/).filter((each) => each !== "") ?? [],
    config: {
      ...defaults(file.name, file.config ?? {}),
      ...stackConfig(file.name, join(directory, `Pulumi.${stack}.yaml`), env, keyFile),
    },
  };
}

function locate(directory: string, main: string | undefined): Pick<Project, "programDirectory" | "entryPoint"> {
  if (main === undefined) {
    return { programDirectory: directory, entryPoint: "." };
  }
  const path = resolve(directory, main);
  const isDirectory = existsSync(path) && statSync(path).isDirectory();
  return isDirectory
    ? { programDirectory: path, entryPoint: "." }
    : { programDirectory: dirname(path), entryPoint: basename(path) };
}

/** The defaults that a project may give its configuration: a bare value, or one with a type and a description. */
function defaults(project: string, config: Record<string, unknown>): Values {
  const found: Values = {};
  for (const [key, declared] of Object.entries(config)) {
    const isTyped = typeof declared === "object" && declared !== null && !Array.isArray(declared);
    const { value, default: fallback } = isTyped
      ? (declared as { value?: unknown; default?: unknown })
      : { value: declared };
    const chosen = value ?? fallback;
    if (chosen !== undefined) {
      found[fullKey(project, key)] = textOf(chosen);
    }
  }
  return found;
}

function stackConfig(
  project: string,
  path: string,
  env: Readonly<Record<string, string | undefined>>,
  keyFile: string,
): Values {
  if (!existsSync(path)) {
    return {};
  }
  const file = (parse(readFileSync(path, "utf8")) ?? {}) as {
    encryptionsalt?: string;
    config?: Record<string, unknown>;
  };
  const found: Values = {};
  for (const [key, value] of Object.entries(file.config ?? {})) {
    found[fullKey(project, key)] = secureText(value)
      ? makeSecret(decrypt(secureText(value) as string, file.encryptionsalt, env, keyFile))
      : textOf(value);
  }
  return found;
}

function secureText(value: unknown): string | undefined {
  const secure = typeof value === "object" && value !== null ? (value as { secure?: unknown }).secure : undefined;
  return typeof secure === "string" ? secure : undefined;
}

function decrypt(
  text: string,
  salt: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
  keyFile: string,
): Value {
  if (salt === undefined) {
    throw refused("secret configuration that is not encrypted by a passphrase");
  }
  return Crypter.open(findPassphrase(env, keyFile), salt).decrypt(text);
}

function fullKey(project: string, key: string): string {
  return key.includes(":") ? key : `${project}:${key}`;
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

import { existsSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, extname, join, resolve } from "node:path";
import { parse } from "yaml";
import { EngineError, refused } from "../errors";
import { Crypter, findPassphrase } from "../state/crypter";
import { makeSecret, type Value, type Values } from "../wire/values";

/** A Pulumi project with the configuration of one stack. */
export interface Project {
  name: string;
  /** Where Pulumi.yaml stands. */
  rootDirectory: string;
  /** The folder that the program and the plugin run in. */
  programDirectory: string;
  /** The program in it: a file, or `.` for what package.json names. */
  entryPoint: string;
  typescript: boolean;
  tsconfig: string | undefined;
  nodeArgs: string[];
  /** Configuration by full key; secrets are marked. Structured values are JSON texts. */
  config: Values;
  /** What the secrets of the configuration are encrypted with. */
  salt: string | undefined;
}

interface ProjectFile {
  name?: string;
  runtime?: string | { name?: string; options?: RuntimeOptions };
  main?: string;
  config?: Record<string, unknown> | string;
  stackConfigDir?: string;
}

interface RuntimeOptions {
  typescript?: boolean;
  tsconfig?: string;
  nodeargs?: string;
}

type Env = Readonly<Record<string, string | undefined>>;

/** The Pulumi.yaml of the project that a folder belongs to. */
export function findProjectFile(directory: string): string {
  if (!isFolder(directory)) {
    // Its project would be looked for above it, where another one may be.
    throw new EngineError(`There is no folder ${directory}. Nothing was done. Say where the project is with --cwd.`);
  }
  for (let folder = directory; ; folder = dirname(folder)) {
    const path = ["Pulumi.yaml", "Pulumi.yml"].map((name) => join(folder, name)).find((each) => existsSync(each));
    if (path !== undefined) {
      return path;
    }
    if (folder === dirname(folder)) {
      throw new EngineError(
        `There is no Pulumi.yaml in ${directory}, nor above it. Nothing was done. Say where the project is with --cwd.`,
      );
    }
  }
}

/** Where the state is kept unless something else is said: in the project's root folder, whichever of its folders is given. */
export function defaultStateFile(cwd: string, stack: string): string {
  return join(dirname(findProjectFile(resolve(cwd))), ".pulumi-sandbox", `${stack}.json`);
}

/** Reads a project with the configuration of one stack. */
export function loadProject(path: string, stack: string, env: Env, keyFile: string): Project {
  const rootDirectory = dirname(path);
  const file = read<ProjectFile>(path);
  const { name: runtime = "", options = {} } =
    typeof file.runtime === "string" ? { name: file.runtime } : (file.runtime ?? {});
  if (!file.name) {
    throw new EngineError(`${path} names no project. Nothing was done.`);
  }
  if (runtime !== "nodejs") {
    throw refused(`the runtime "${runtime}" (only nodejs)`);
  }
  const namesFolder = typeof file.config === "string";
  const stackFolder = file.stackConfigDir ?? (namesFolder ? (file.config as string) : ".");
  const stackPath = join(rootDirectory, stackFolder, `Pulumi.${stack}${extname(path)}`);
  const stackFile = existsSync(stackPath) ? read<StackFile>(stackPath) : {};
  const { encryptionsalt: salt } = stackFile;
  return {
    name: file.name,
    rootDirectory,
    ...locate(rootDirectory, file.main),
    typescript: options.typescript !== false,
    tsconfig: options.tsconfig,
    nodeArgs: options.nodeargs?.split(/\s+/).filter((each) => each !== "") ?? [],
    config: inOrder({
      ...(namesFolder ? {} : declaredConfig(file.name, (file.config ?? {}) as Record<string, unknown>)),
      ...stackConfig(file.name, stackFile, () => openCrypter(salt, env, keyFile)),
    }) as Values,
    salt,
  };
}

function isFolder(path: string): boolean {
  return existsSync(path) && statSync(path).isDirectory();
}

function locate(directory: string, main: string | undefined): Pick<Project, "programDirectory" | "entryPoint"> {
  const path = resolve(directory, main ?? ".");
  return isFolder(path)
    ? { programDirectory: path, entryPoint: "." }
    : { programDirectory: dirname(path), entryPoint: basename(path) };
}

/** What a project itself says of its configuration: a bare value, or one with a type and a description. */
function declaredConfig(project: string, config: Record<string, unknown>): Values {
  const found: Values = {};
  for (const [key, declared] of Object.entries(config)) {
    const isTyped = typeof declared === "object" && declared !== null && !Array.isArray(declared);
    const given = (isTyped ? declared : { value: declared }) as {
      value?: unknown;
      default?: unknown;
      secret?: boolean;
    };
    const value = given.value ?? given.default;
    if (value !== undefined && value !== null) {
      found[fullKey(project, key)] = given.secret ? makeSecret(textOf(value)) : textOf(value);
    }
  }
  return found;
}

interface StackFile {
  encryptionsalt?: string;
  config?: Record<string, unknown>;
}

function stackConfig(project: string, { config }: StackFile, open: () => Crypter): Values {
  const found: Values = {};
  for (const [key, value] of Object.entries(config ?? {})) {
    const isSecret = containsSecure(value);
    const text = textOf(isSecret ? decrypted(value, open()) : value);
    found[fullKey(project, key)] = isSecret ? makeSecret(text) : text;
  }
  return found;
}

function openCrypter(salt: string | undefined, env: Env, keyFile: string): Crypter {
  if (salt === undefined) {
    throw refused("secret configuration that is not encrypted by a passphrase");
  }
  return Crypter.open(findPassphrase(env, keyFile), salt);
}

/** The ciphertext in `{ secure: ciphertext }`, which may stand anywhere in a structured value. */
function secureText(value: unknown): string | undefined {
  const isOne = typeof value === "object" && value !== null && Object.keys(value).length === 1;
  const secure = isOne ? (value as { secure?: unknown }).secure : undefined;
  return typeof secure === "string" ? secure : undefined;
}

function containsSecure(value: unknown): boolean {
  const isBranch = typeof value === "object" && value !== null;
  return secureText(value) !== undefined || (isBranch && Object.values(value).some(containsSecure));
}

function decrypted(value: unknown, crypter: Crypter): Value {
  const ciphertext = secureText(value);
  if (ciphertext !== undefined) {
    return crypter.decrypt(ciphertext);
  }
  if (Array.isArray(value)) {
    return value.map((each) => decrypted(each, crypter));
  }
  return typeof value === "object" && value !== null
    ? Object.fromEntries(Object.entries(value).map(([key, each]) => [key, decrypted(each, crypter)]))
    : (value as Value);
}

function fullKey(project: string, key: string): string {
  return key.includes(":") ? key : `${project}:${key}`;
}

/** Structured values as the Pulumi CLI writes them, with their keys in order: plugins, and so states, hold these texts. */
function textOf(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(inOrder(value));
}

function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(inOrder);
  }
  return typeof value === "object" && value !== null
    ? Object.fromEntries(
        Object.entries(value)
          .sort(([one], [other]) => (one < other ? -1 : 1))
          .map(([key, each]) => [key, inOrder(each)]),
      )
    : value;
}

function read<T>(path: string): T {
  try {
    return (parse(readFileSync(path, "utf8")) ?? {}) as T;
  } catch (error) {
    throw new EngineError(`${path} cannot be read: ${(error as Error).message}. Nothing was done.`);
  }
}

import { existsSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, extname, join, resolve } from "node:path";
import { parse } from "yaml";
import { EngineError, refused } from "../errors";
import { Crypter, findPassphrase } from "../state/crypter";
import { makeSecret, type Value, type Values } from "../wire/values";

/** A Pulumi project with the configuration of one stack. */
export interface Project {
  name: string;
  /** The folder of Pulumi.yaml. */
  rootDirectory: string;
  /** The folder that the program and the plugin run in. */
  programDirectory: string;
  /** The program in that folder: a file, or `.` for the one that package.json names. */
  entryPoint: string;
  typescript: boolean;
  tsconfig: string | undefined;
  nodeArgs: string[];
  /** The folders of provider plugins that Pulumi.yaml names, by package. */
  plugins: Record<string, string>;
  /** Configuration by full key; secrets are marked. Structured values are JSON strings. */
  config: Values;
  /** The salt of the configuration's secrets. */
  salt: string | undefined;
}

interface ProjectFile {
  name?: string;
  runtime?: string | { name?: string; options?: RuntimeOptions };
  main?: string;
  config?: Record<string, unknown> | string;
  stackConfigDir?: string;
  plugins?: { providers?: { name?: string; path?: string }[] };
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
    // Without this check, a parent folder with another project would be found.
    throw new EngineError(
      `The folder ${directory} does not exist. Nothing was done. Set --cwd to the project's folder.`,
    );
  }
  for (let folder = directory; ; folder = dirname(folder)) {
    const path = ["Pulumi.yaml", "Pulumi.yml"].map((name) => join(folder, name)).find((each) => existsSync(each));
    if (path !== undefined) {
      return path;
    }
    if (folder === dirname(folder)) {
      throw new EngineError(
        `There is no Pulumi.yaml in ${directory} or its parent folders. Nothing was done. Set --cwd to the project's folder.`,
      );
    }
  }
}

/** The default state file. It is in the project's root folder, whichever of its folders `cwd` is. */
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
    throw new EngineError(`${path} has no project \`name\`. Nothing was done. Add one.`);
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
    plugins: Object.fromEntries(
      (file.plugins?.providers ?? []).flatMap(({ name, path: folder }) =>
        name && folder ? [[name, resolve(rootDirectory, folder)]] : [],
      ),
    ),
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

/** The configuration in Pulumi.yaml: plain values, or values with a type and a description. */
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

/** The ciphertext in `{ secure: ciphertext }`, which may be anywhere in a structured value. */
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

/** Structured values as the Pulumi CLI writes them, with sorted keys, because plugins and states contain these strings. */
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
    throw new EngineError(
      `Could not read ${path}: ${(error as Error).message}. Nothing was done. Correct the file, then run the command again.`,
    );
  }
}

import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { Crypter, findPassphrase, makePassphrase } from "./crypter";
import { EngineError } from "./errors";
import { type PendingOperation, type ResourceState, type Snapshot, withCurrentUrns, written } from "./state";
import { isObject, isSecret, mapChildren, SECRET, SIGNATURE, type Value, type Values } from "./values";

export interface DeploymentFile {
  version: number;
  deployment: {
    manifest?: Record<string, unknown>;
    secrets_providers?: { type: string; state?: { salt?: string } };
    resources?: ResourceState[];
    pending_operations?: PendingOperation[];
    metadata?: Record<string, unknown>;
  };
}

export interface StateFileOptions {
  path: string;
  env: Readonly<Record<string, string | undefined>>;
  /** The salt of the stack's configuration, which a new state takes over. */
  salt: string | undefined;
  /** Nothing is going to be written, a key file included. */
  isReadOnly: boolean;
}

/** The state of one stack: a file in the form of `pulumi stack export`, written whole after every step. */
export class StateFile {
  private readonly path: string;
  private metadata: Record<string, unknown> = {};
  /** Secrets that did not change keep their ciphertext, so that a state without changes stays as it is. */
  private readonly ciphertexts = new Map<string, string>();
  private texts = new WeakMap<ResourceState, string>();

  private constructor(
    { path }: StateFileOptions,
    private readonly crypter: Crypter,
  ) {
    this.path = path;
  }

  /** What the file holds; an empty stack when there is none. */
  static open(options: StateFileOptions): { file: StateFile; snapshot: Snapshot } {
    const { deployment } = readState(options.path);
    const provider = deployment.secrets_providers;
    if (provider !== undefined && provider.type !== "passphrase") {
      throw new EngineError(
        `The state's secrets are encrypted by "${provider.type}"; the sandbox engine knows only "passphrase". Nothing was done. Use the Pulumi CLI.`,
      );
    }
    const salt = provider?.state?.salt ?? options.salt;
    const keyFile = `${options.path}.key`;
    const passphrase = findPassphrase(options.env, keyFile);
    const crypter =
      salt === undefined
        ? Crypter.create(passphrase ?? makePassphrase(options.isReadOnly ? undefined : keyFile))
        : Crypter.open(passphrase, salt);
    const file = new StateFile(options, crypter);
    file.metadata = deployment.metadata ?? {};
    const resources = (deployment.resources ?? []).map((each) => file.opened(each));
    const pendingOperations = (deployment.pending_operations ?? []).map((each) => ({
      ...each,
      resource: file.opened(each.resource),
    }));
    return { file, snapshot: { resources, pendingOperations } };
  }

  /** Replaces the file in one stroke: a reader sees the old state or the new one. */
  save(snapshot: Snapshot): void {
    mkdirSync(dirname(this.path), { recursive: true });
    const temporary = `${this.path}.${process.pid}.tmp`;
    writeFileSync(temporary, this.text(snapshot), { mode: 0o600 });
    renameSync(temporary, this.path);
  }

  /** A state that was changed in place is written anew. */
  forget(state: ResourceState): void {
    this.texts.delete(state);
  }

  private text({ resources, pendingOperations }: Snapshot): string {
    const manifest = { time: new Date().toISOString(), magic: "", version: "" };
    const secrets = { type: "passphrase", state: { salt: this.crypter.salt } };
    const pending = pendingOperations.map(
      ({ resource, type }) => `{"resource": ${this.resourceText(resource)}, "type": ${JSON.stringify(type)}}`,
    );
    const parts = [
      `"manifest": ${JSON.stringify(manifest)}`,
      `"secrets_providers": ${JSON.stringify(secrets)}`,
      `"resources": [\n${withCurrentUrns(resources)
        .map((each) => this.resourceText(each))
        .join(",\n")}\n]`,
      ...(pending.length > 0 ? [`"pending_operations": [\n${pending.join(",\n")}\n]`] : []),
      `"metadata": ${JSON.stringify(this.metadata)}`,
    ];
    return `{"version": 3, "deployment": {\n${parts.join(",\n")}\n}}\n`;
  }

  private resourceText(state: ResourceState): string {
    const known = this.texts.get(state);
    const text =
      known ??
      JSON.stringify(
        written(state, (value, key) => this.sealed(value, `${state.urn} ${key}`)),
        undefined,
        2,
      );
    this.texts.set(state, text);
    return text;
  }

  private opened(resource: ResourceState): ResourceState {
    const { inputs, outputs } = resource;
    const open = (values: Values, key: string) => this.unsealed(values, `${resource.urn} ${key}`) as Values;
    return {
      ...resource,
      ...(inputs === undefined ? {} : { inputs: open(inputs, "inputs") }),
      ...(outputs === undefined ? {} : { outputs: open(outputs, "outputs") }),
    };
  }

  /** Secrets encrypted, one inside another as the outer one's text. */
  private sealed(value: Value, place: string): Value {
    if (!isSecret(value)) {
      return mapChildren(value, (child, key) => this.sealed(child, `${place} ${key}`));
    }
    const plaintext = JSON.stringify(nested(value.value, toText));
    const known = `${place} ${plaintext}`;
    const ciphertext = this.ciphertexts.get(known) ?? this.crypter.encrypt(plaintext);
    this.ciphertexts.set(known, ciphertext);
    return { [SIGNATURE]: SECRET, ciphertext };
  }

  private unsealed(value: Value, place: string): Value {
    if (!isSecret(value)) {
      return mapChildren(value, (child, key) => this.unsealed(child, `${place} ${key}`));
    }
    const { ciphertext, plaintext } = value as Values;
    const text = typeof ciphertext === "string" ? this.crypter.decrypt(ciphertext) : String(plaintext);
    if (typeof ciphertext === "string") {
      this.ciphertexts.set(`${place} ${text}`, ciphertext);
    }
    return { [SIGNATURE]: SECRET, value: nested(JSON.parse(text) as Value, fromText) };
  }
}

/** Changes secrets inside a secret, from the inside out. */
function nested(value: Value, change: (secret: Values) => Value): Value {
  return isSecret(value) ? change(value) : mapChildren(value, (child) => nested(child, change));
}

function toText({ value }: Values): Value {
  return { [SIGNATURE]: SECRET, ciphertext: JSON.stringify(nested(value ?? null, toText)) };
}

function fromText({ ciphertext, plaintext }: Values): Value {
  const value = nested(JSON.parse(String(ciphertext ?? plaintext)) as Value, fromText);
  return { [SIGNATURE]: SECRET, value };
}

/** The state with its secrets in clear text, as `pulumi stack export --show-secrets` writes it. */
export function revealed(options: StateFileOptions): unknown {
  const { snapshot } = StateFile.open(options);
  const { version, deployment } = readState(options.path);
  const reveal = (value: Value): Value =>
    isSecret(value)
      ? { [SIGNATURE]: SECRET, plaintext: JSON.stringify(nested(value.value, (inner) => reveal(inner))) }
      : mapChildren(value, reveal);
  return {
    version,
    deployment: {
      ...deployment,
      resources: snapshot.resources.map((each) => written(each, reveal)),
      ...(snapshot.pendingOperations.length === 0
        ? {}
        : {
            pending_operations: snapshot.pendingOperations.map((each) => ({
              ...each,
              resource: written(each.resource, reveal),
            })),
          }),
    },
  };
}

/** What a state file says, secrets encrypted; an empty stack when there is none. */
export function readState(path: string): DeploymentFile {
  if (!existsSync(path)) {
    return { version: 3, deployment: {} };
  }
  let file: DeploymentFile;
  try {
    file = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    throw new EngineError(`The state file ${path} cannot be read: ${(error as Error).message}. Nothing was done.`);
  }
  if (!isObject(file as unknown as Value) || !isObject(file.deployment as unknown as Value)) {
    throw new EngineError(`${path} is not what \`pulumi stack export\` writes. Nothing was done.`);
  }
  if (file.version !== 3) {
    throw new EngineError(
      `The state file has version ${file.version}; only 3 is known. Nothing was done. Use the Pulumi CLI.`,
    );
  }
  return file;
}

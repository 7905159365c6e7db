import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { Crypter, findPassphrase } from "./crypter";
import { EngineError } from "./errors";
import { isObject, isSecret, mapChildren, SECRET, SIGNATURE, type Value, type Values } from "./values";

/** A resource as the state keeps it. Secrets stand open in memory, and are encrypted in the file. */
export interface ResourceState {
  urn: string;
  custom: boolean;
  /** Replaced, but not deleted yet. */
  delete?: boolean;
  id?: string;
  type: string;
  inputs?: Values;
  outputs?: Values;
  parent?: string;
  protect?: boolean;
  external?: boolean;
  dependencies?: string[];
  initErrors?: string[];
  provider?: string;
  propertyDependencies?: Record<string, string[]>;
  additionalSecretOutputs?: string[];
  aliases?: string[];
  customTimeouts?: { create?: number; update?: number; delete?: number };
  retainOnDelete?: boolean;
  deletedWith?: string;
  ignoreChanges?: string[];
  replaceOnChanges?: string[];
  created?: string;
  modified?: string;
}

export interface PendingOperation {
  resource: ResourceState;
  type: "creating" | "updating" | "deleting" | "reading";
}

export interface Snapshot {
  resources: ResourceState[];
  pendingOperations: PendingOperation[];
}

interface DeploymentFile {
  version: number;
  deployment: {
    manifest?: Record<string, unknown>;
    secrets_providers?: { type: string; state?: { salt?: string } };
    resources?: ResourceState[];
    pending_operations?: PendingOperation[];
    metadata?: Record<string, unknown>;
  };
}

/** The state of one stack: a file in the form of `pulumi stack export`, written whole after every step. */
export class StateFile {
  private crypter: Crypter | undefined;
  private salt: string | undefined;
  /** Secrets that did not change keep their ciphertext, so that a state without changes stays as it is. */
  private readonly ciphertexts = new Map<string, string>();
  private readonly sealed = new WeakMap<ResourceState, string>();

  constructor(
    readonly path: string,
    private readonly env: Readonly<Record<string, string | undefined>>,
  ) {}

  /** What the file holds; an empty stack when there is none. */
  load(): Snapshot {
    if (!existsSync(this.path)) {
      return { resources: [], pendingOperations: [] };
    }
    const file = this.parse();
    const provider = file.deployment.secrets_providers;
    if (provider !== undefined && provider.type !== "passphrase") {
      throw new EngineError(
        `The state's secrets are encrypted by "${provider.type}"; the sandbox engine knows only "passphrase". Nothing was done. Use the Pulumi CLI.`,
      );
    }
    this.salt = provider?.state?.salt;
    const open = (resource: ResourceState): ResourceState => this.mapValues(resource, (value) => this.decrypted(value));
    return {
      resources: (file.deployment.resources ?? []).map(open),
      pendingOperations: (file.deployment.pending_operations ?? []).map((each) => ({
        ...each,
        resource: open(each.resource),
      })),
    };
  }

  save(snapshot: Snapshot): void {
    const manifest = { time: new Date().toISOString(), magic: "", version: "" };
    const secrets = { type: "passphrase", state: { salt: this.theCrypter().salt } };
    const resources = snapshot.resources.map((each) => this.sealedText(each));
    const pending = snapshot.pendingOperations.map(
      (each) => `{"resource": ${this.sealedText(each.resource)}, "type": ${JSON.stringify(each.type)}}`,
    );
    const parts = [
      `"manifest": ${JSON.stringify(manifest)}`,
      `"secrets_providers": ${JSON.stringify(secrets)}`,
      `"resources": [\n${resources.join(",\n")}\n]`,
      ...(pending.length > 0 ? [`"pending_operations": [\n${pending.join(",\n")}\n]`] : []),
      '"metadata": {}',
    ];
    mkdirSync(dirname(this.path), { recursive: true });
    const temporary = `${this.path}.${process.pid}.tmp`;
    writeFileSync(temporary, `{"version": 3, "deployment": {\n${parts.join(",\n")}\n}}\n`, { mode: 0o600 });
    renameSync(temporary, this.path);
  }

  /** A resource as it stands in the file. States are never changed in place, so each is encrypted once. */
  private sealedText(resource: ResourceState): string {
    const known = this.sealed.get(resource);
    const text =
      known ??
      JSON.stringify(
        this.mapValues(resource, (value) => this.encrypted(value)),
        undefined,
        2,
      );
    this.sealed.set(resource, text);
    return text;
  }

  /** Keeps two operations on one state apart. Returns what releases it. */
  lock(): () => void {
    const path = `${this.path}.lock`;
    mkdirSync(dirname(path), { recursive: true });
    if (existsSync(path) && !isAlive(Number(readFileSync(path, "utf8")))) {
      rmSync(path, { force: true });
    }
    try {
      writeFileSync(path, String(process.pid), { flag: "wx" });
    } catch {
      throw new EngineError(
        `Another operation works on this stack: process ${readFileSync(path, "utf8")} holds ${path}. Nothing was done. Wait until it has ended.`,
      );
    }
    return () => rmSync(path, { force: true });
  }

  private parse(): DeploymentFile {
    let file: DeploymentFile;
    try {
      file = JSON.parse(readFileSync(this.path, "utf8"));
    } catch (error) {
      throw new EngineError(
        `The state file ${this.path} cannot be read: ${(error as Error).message}. Nothing was done.`,
      );
    }
    if (!isObject(file as unknown as Value) || !isObject(file.deployment as unknown as Value)) {
      throw new EngineError(`${this.path} is not what \`pulumi stack export\` writes. Nothing was done.`);
    }
    if (file.version !== 3) {
      throw new EngineError(`The state file has version ${file.version}; only 3 is known. Nothing was done.`);
    }
    return file;
  }

  private theCrypter(): Crypter {
    if (this.crypter === undefined) {
      mkdirSync(dirname(this.path), { recursive: true });
      const passphrase = findPassphrase(this.env, `${this.path}.key`);
      this.crypter = this.salt === undefined ? Crypter.create(passphrase) : Crypter.open(passphrase, this.salt);
    }
    return this.crypter;
  }

  private mapValues(resource: ResourceState, change: (value: Value) => Value): ResourceState {
    const { inputs, outputs } = resource;
    return {
      ...resource,
      ...(inputs === undefined ? {} : { inputs: change(inputs) as Values }),
      ...(outputs === undefined ? {} : { outputs: change(outputs) as Values }),
    };
  }

  private encrypted(value: Value): Value {
    if (!isSecret(value)) {
      return mapChildren(value, (child) => this.encrypted(child));
    }
    const plaintext = JSON.stringify(value.value);
    const ciphertext = this.ciphertexts.get(plaintext) ?? this.theCrypter().encrypt(plaintext);
    this.ciphertexts.set(plaintext, ciphertext);
    return { [SIGNATURE]: SECRET, ciphertext };
  }

  private decrypted(value: Value): Value {
    if (!isSecret(value)) {
      return mapChildren(value, (child) => this.decrypted(child));
    }
    const { ciphertext, plaintext } = value;
    if (typeof ciphertext !== "string") {
      return { [SIGNATURE]: SECRET, value: JSON.parse(String(plaintext)) as Value };
    }
    const text = this.theCrypter().decrypt(ciphertext);
    this.ciphertexts.set(text, ciphertext);
    return { [SIGNATURE]: SECRET, value: JSON.parse(text) as Value };
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

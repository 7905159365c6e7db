import { readFileSync } from "node:fs";
import { EngineError } from "../errors";
import { isObject, isSecret, mapChildren, SECRET, SIGNATURE, type Value, type Values } from "../wire/values";
import { writeAtomically } from "./atomic-file";
import { Crypter, findPassphrase, makePassphrase } from "./crypter";
import { type PendingOperation, type ResourceState, type Snapshot, withCurrentUrns, written } from "./state";
import type { StatePlace } from "./state-folder";
import { requireShape } from "./state-shape";

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
  place: StatePlace;
  env: Readonly<Record<string, string | undefined>>;
  /** The salt of the stack's configuration, which a new state uses too. */
  salt: string | undefined;
  /** Write nothing, not even a key file. */
  isReadOnly: boolean;
}

/** The state of one stack, in the format of `pulumi stack export`. Every step writes the whole file. */
export class StateFile {
  private readonly path: string;
  private metadata: Record<string, unknown> = {};
  /** Unchanged secrets keep their ciphertext, so that an unchanged state stays the same file. */
  private readonly ciphertexts = new Map<string, string>();
  /** Each resource as the file holds it. Most are unchanged from one write to the next. */
  private readonly written = new WeakMap<ResourceState, Record<string, unknown>>();
  /** The last write that began, and the one that follows it. */
  private lastWrite: Promise<void> = Promise.resolve();
  private next: Promise<void> | undefined;
  /** The content of the file. */
  private held: Snapshot = { resources: [], pendingOperations: [] };

  private constructor(
    { place }: StateFileOptions,
    private readonly crypter: Crypter,
  ) {
    this.path = place.file;
  }

  /** Reads the file. Without a file, the stack is empty. */
  static open(options: StateFileOptions): { file: StateFile; snapshot: Snapshot } {
    const { deployment } = readState(options.place.file);
    const provider = deployment.secrets_providers;
    if (provider !== undefined && provider.type !== "passphrase") {
      throw new EngineError(
        `The state's secrets are encrypted by "${provider.type}"; the sandbox engine supports only "passphrase". Nothing was done. Use the Pulumi CLI.`,
      );
    }
    const salt = provider?.state?.salt ?? options.salt;
    const { keyFile } = options.place;
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
    file.held = { resources, pendingOperations };
    return { file, snapshot: file.held };
  }

  /**
   * Resolves when the file holds the current state or a later one. Writes do not overlap: all callers during a write share the next
   * one, because a write of the whole state for each step would take most of the time of a large stack.
   */
  save(snapshot: () => Snapshot | undefined): Promise<void> {
    this.next ??= this.lastWrite.then(() => {
      this.next = undefined;
      const write = this.write(snapshot());
      this.lastWrite = write.catch(() => {});
      return write;
    });
    return this.next;
  }

  private async write(snapshot: Snapshot | undefined): Promise<void> {
    if (snapshot === undefined) {
      return;
    }
    try {
      await writeAtomically(this.path, this.contentOf(snapshot));
    } catch (error) {
      throw new EngineError(`Could not write the state to ${this.path}: ${(error as Error).message}.`);
    }
    this.held = snapshot;
  }

  /** The resources of a snapshot that are missing in the file. */
  missing(snapshot: Snapshot): ResourceState[] {
    const known = new Set(this.held.resources.map(({ urn, id }) => `${urn} ${id}`));
    return snapshot.resources.filter(({ urn, id }) => !known.has(`${urn} ${id}`));
  }

  /** Makes the next write serialize a state again that was changed in place. */
  forget(state: ResourceState): void {
    this.written.delete(state);
  }

  private contentOf({ resources, pendingOperations }: Snapshot): string {
    const pending = pendingOperations.map(({ resource, type }) => ({ resource: this.sealedState(resource), type }));
    const file = {
      version: 3,
      deployment: {
        manifest: { time: new Date().toISOString(), magic: "", version: "" },
        secrets_providers: { type: "passphrase", state: { salt: this.crypter.salt } },
        resources: withCurrentUrns(resources).map((each) => this.sealedState(each)),
        ...(pending.length > 0 ? { pending_operations: pending } : {}),
        metadata: this.metadata,
      },
    };
    return `${JSON.stringify(file, undefined, 2)}\n`;
  }

  private sealedState(state: ResourceState): Record<string, unknown> {
    const known = this.written.get(state);
    if (known !== undefined) {
      return known;
    }
    const sealed = written(state, (value, key) => this.sealed(value, `${state.urn} ${key}`));
    this.written.set(state, sealed);
    return sealed;
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

  /** Encrypts secrets. A secret inside another becomes part of the outer one's text. */
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

/** Converts secrets inside a secret, from the inside out. */
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

/** Returns the state with secrets in clear text, as `pulumi stack export --show-secrets` writes it. */
export function revealed(options: StateFileOptions): unknown {
  const { snapshot } = StateFile.open(options);
  const { version, deployment } = readState(options.place.file);
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

/** Reads a state file, with secrets encrypted. Without a file, the stack is empty. */
export function readState(path: string): DeploymentFile {
  let file: DeploymentFile;
  try {
    file = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") {
      return { version: 3, deployment: {} };
    }
    throw new EngineError(
      `Could not read the state file ${path}: ${(error as Error).message}. Nothing was done. Correct the file, or restore it from a backup.`,
    );
  }
  if (!isObject(file as unknown as Value) || !isObject(file.deployment as unknown as Value)) {
    throw new EngineError(
      `${path} is not in the format of \`pulumi stack export\`. Nothing was done. Correct the file, or restore it from a backup.`,
    );
  }
  if (file.version !== 3) {
    throw new EngineError(
      `The state file has version ${file.version}; the sandbox engine supports only 3. Nothing was done. Use the Pulumi CLI.`,
    );
  }
  const deployment = requireShape(
    path,
    file.deployment as unknown as Values,
  ) as unknown as DeploymentFile["deployment"];
  return { ...file, deployment };
}

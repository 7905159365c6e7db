import { createCipheriv, createDecipheriv, pbkdf2Sync, randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { EngineError } from "../errors";

/** Encrypts secrets as Pulumi does with a passphrase: AES-256-GCM, with a key that PBKDF2 derives from the passphrase. */
export class Crypter {
  private constructor(
    private readonly key: Buffer,
    /** `v1:<salt>:<check>`, the content of `secrets_providers.state.salt` and `encryptionsalt`. */
    readonly salt: string,
  ) {}

  /** Creates a crypter with a new salt. */
  static create(passphrase: string): Crypter {
    const salt = randomBytes(8);
    const key = deriveKey(passphrase, salt);
    const check = new Crypter(key, "").encrypt("pulumi");
    return new Crypter(key, `v1:${salt.toString("base64")}:${check}`);
  }

  /** Creates the crypter for an existing salt, and refuses a wrong passphrase. */
  static open(passphrase: string | undefined, salt: string): Crypter {
    if (passphrase === undefined) {
      throw new EngineError(
        "The stack's secrets need a passphrase, and none is set. Nothing was done. Set PULUMI_CONFIG_PASSPHRASE to the passphrase that encrypted them.",
      );
    }
    const [version, encoded, ...check] = salt.split(":");
    const crypter = new Crypter(deriveKey(passphrase, Buffer.from(encoded ?? "", "base64")), salt);
    if (version !== "v1" || !crypter.opens(check.join(":"))) {
      throw new EngineError(
        "The passphrase does not decrypt the stack's secrets. Nothing was done. Set PULUMI_CONFIG_PASSPHRASE to the passphrase that encrypted them.",
      );
    }
    return crypter;
  }

  encrypt(plaintext: string): string {
    const nonce = randomBytes(12);
    const cipher = createCipheriv("aes-256-gcm", this.key, nonce);
    const sealed = Buffer.concat([cipher.update(plaintext, "utf8"), cipher.final(), cipher.getAuthTag()]);
    return `v1:${nonce.toString("base64")}:${sealed.toString("base64")}`;
  }

  decrypt(ciphertext: string): string {
    const [version, nonce, sealed] = ciphertext.split(":");
    const bytes = Buffer.from(sealed ?? "", "base64");
    if (version !== "v1" || nonce === undefined || bytes.length < TAG_BYTES) {
      throw new EngineError(
        "A secret is not in Pulumi's passphrase format. Nothing was done. Restore the state from a backup.",
      );
    }
    try {
      const decipher = createDecipheriv("aes-256-gcm", this.key, Buffer.from(nonce, "base64"));
      decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
      return Buffer.concat([decipher.update(bytes.subarray(0, -TAG_BYTES)), decipher.final()]).toString("utf8");
    } catch {
      throw new EngineError(
        "Could not decrypt a secret: its text was changed, or another passphrase encrypted it. Nothing was done. Restore the state from a backup.",
      );
    }
  }

  private opens(check: string): boolean {
    try {
      return this.decrypt(check) === "pulumi";
    } catch {
      return false;
    }
  }
}

const TAG_BYTES = 16;
const derived = new Map<string, Buffer>();

/** Derives a key once for each passphrase and salt, because a million rounds take 0.5 s. */
function deriveKey(passphrase: string, salt: Buffer): Buffer {
  const name = `${salt.toString("base64")}:${passphrase}`;
  const key = derived.get(name) ?? pbkdf2Sync(passphrase, salt, 1_000_000, 32, "sha256");
  derived.set(name, key);
  return key;
}

/** Finds the passphrase in PULUMI_CONFIG_PASSPHRASE, the file in PULUMI_CONFIG_PASSPHRASE_FILE, or the key file beside the state. */
export function findPassphrase(env: Readonly<Record<string, string | undefined>>, keyFile: string): string | undefined {
  if (env.PULUMI_CONFIG_PASSPHRASE !== undefined) {
    return env.PULUMI_CONFIG_PASSPHRASE;
  }
  if (env.PULUMI_CONFIG_PASSPHRASE_FILE) {
    return readPassphrase(env.PULUMI_CONFIG_PASSPHRASE_FILE);
  }
  if (!existsSync(keyFile)) {
    return undefined;
  }
  const passphrase = readPassphrase(keyFile);
  if (passphrase === "") {
    throw new EngineError(`The passphrase file ${keyFile} is empty. Nothing was done. Restore it from a backup.`);
  }
  return passphrase;
}

/** Generates a passphrase for a new stack, and keeps it in the key file, which only its owner can read. */
export function makePassphrase(keyFile: string | undefined): string {
  const passphrase = randomBytes(24).toString("base64");
  if (keyFile !== undefined) {
    keep(passphrase, keyFile);
  }
  return passphrase;
}

function keep(passphrase: string, keyFile: string): void {
  let isBegun = false;
  try {
    mkdirSync(dirname(keyFile), { recursive: true });
    writeFileSync(keyFile, "", { mode: 0o600, flag: "wx" });
    isBegun = true;
    writeFileSync(keyFile, `${passphrase}\n`);
  } catch (error) {
    if (isBegun) {
      // On a full disk, the file may hold only half of the passphrase.
      rmSync(keyFile, { force: true });
    }
    throw new EngineError(
      `Could not write the passphrase file: ${(error as Error).message}. Nothing was done. Make sure that the state's folder is writable, or set PULUMI_CONFIG_PASSPHRASE.`,
    );
  }
}

function readPassphrase(path: string): string {
  try {
    return readFileSync(path, "utf8").trim();
  } catch (error) {
    throw new EngineError(
      `Could not read the passphrase file: ${(error as Error).message}. Nothing was done. Make sure that the file exists and is readable.`,
    );
  }
}

import { Crypter } from "../../../sandbox/engine/state/crypter";
import { PASSPHRASE, SALT } from "./place";

/** A resource as the state keeps it. */
export interface StateResource {
  urn: string;
  type: string;
  id?: string;
  inputs?: Record<string, unknown>;
  outputs?: Record<string, unknown>;
  initErrors?: string[];
  external?: boolean;
  delete?: boolean;
  [key: string]: unknown;
}

export interface State {
  resources: StateResource[];
  pending: { type: string; resource: StateResource }[];
}

/** What `pulumi stack export` writes, with its secrets opened: each stands as `{ secret: value }`. */
export function openState(text: string): State {
  const { deployment } = JSON.parse(text);
  const salt: string = deployment.secrets_providers?.state?.salt ?? SALT;
  const crypter = Crypter.open(PASSPHRASE, salt);
  return {
    resources: openSecrets(deployment.resources ?? [], crypter) as StateResource[],
    pending: openSecrets(deployment.pending_operations ?? [], crypter) as State["pending"],
  };
}

function openSecrets(value: unknown, crypter: Crypter): unknown {
  if (Array.isArray(value)) {
    return value.map((each) => openSecrets(each, crypter));
  }
  if (typeof value !== "object" || value === null) {
    return value;
  }
  const { ciphertext } = value as { ciphertext?: unknown };
  if (typeof ciphertext === "string") {
    return { secret: JSON.parse(crypter.decrypt(ciphertext)) };
  }
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, openSecrets(each, crypter)]));
}

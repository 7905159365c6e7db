import { requireOwnState } from "./state/own-state";
import { readState, revealed } from "./state/state-file";
import { placeOf } from "./state/state-folder";

export interface ExportOptions {
  stateFile: string;
  /** The stack that the state must belong to. @default any */
  stack?: string;
  /** Secrets in clear text. */
  showSecrets?: boolean;
  /** The environment with the passphrase. @default `process.env` */
  env?: Record<string, string | undefined>;
}

/** Returns the state as `pulumi stack export` writes it and `pulumi stack import` accepts it. */
export function exportState({ stateFile, stack, showSecrets, env = process.env }: ExportOptions): unknown {
  const place = placeOf(stateFile);
  if (stack !== undefined) {
    requireOwnState(place.file, readState(place.file), { stack });
  }
  return showSecrets ? revealed({ place, env, salt: undefined, isReadOnly: true }) : readState(place.file);
}

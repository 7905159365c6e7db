import { fromKeys } from "../base/objects";
import { secretKeysOf } from "../model/secrets";
import type { Properties } from "../model/state";

/** How a value is marked as secret on Pulumi's wire: plain JSON, which the plugin host passes on unchanged. */
const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";

/**
 * Marks the secrets in what a hook returns. The engine itself marks only what the program marked under the same key: not what a
 * transformation added after the program, what a read found, or what is made from a secret.
 */
export function markSecrets(values: Properties): Properties {
  const secret = secretKeysOf(values);
  const marked = (value: unknown) => (value == null ? value : { [SIGNATURE]: SECRET, value });
  return fromKeys(Object.keys(values), (key) => (secret.has(key) ? marked(values[key]) : values[key]));
}

/** Longer texts are cut before anything is looked for in them: nobody reads them, and they cost time. */
const LONGEST_SEEN = 100_000;
const LONGEST_SHOWN = 500;

/**
 * Makes text from outside (the cloud, the network stack, a user) fit to be shown: no query string of any URL, in whatever
 * spelling, no token, no key, no control characters, and not longer than anybody wants to read.
 */
export function redact(text: unknown, secrets: readonly (string | undefined)[] = []): string {
  let clean = String(text);
  for (const secret of secrets) {
    if (secret !== undefined && secret.length >= 4) {
      clean = clean.split(secret).join("***");
    }
  }
  return (
    clean
      .slice(0, LONGEST_SEEN)
      .replace(/[\u202a-\u202e\u2066-\u2069]+/g, " ")
      // Spaces that are not seen would part a key from its value.
      .replace(/\p{Cf}+/gu, "")
      .replace(/\\u003[fF]|%3[fF]/g, "?")
      .replace(/\\u003[dD]|%3[dD]/g, "=")
      .replace(/\\u0026|%26/g, "&")
      .replace(/([a-z][a-z0-9+.-]*(?::|%3A)(?:\/|%2F){2}[^\s"<>?]*)\?[^\s"<>]*/gi, "$1?***")
      .replace(/[?&;][^\s"<>]*=[^\s"<>]*/g, "?***")
      .replace(
        /\b((?:auth|api|access)[_-]?(?:key|token)(?:id|secret)?|\w*token|\w*secret|\w*password|sign(?:ature)?)(["']?\s*[:=]\s*["']?)[^\s"',;&<>]+/gi,
        "$1$2***",
      )
      .replace(/\bBearer\s+\S+/gi, "Bearer ***")
      .replace(/\/\/[^\s"'<>]*@/g, "//***@")
      .replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, " ")
      .trim()
      .slice(0, LONGEST_SHOWN)
  );
}

/**
 * Makes text from outside (the cloud, the network stack, a user) fit to be shown: no query string of any URL, no token,
 * no key, no control characters, and not longer than anybody wants to read.
 */
export function redact(text: unknown, secrets: readonly (string | undefined)[] = []): string {
  let clean = String(text).slice(0, 20_000);
  for (const secret of secrets) {
    if (secret !== undefined && secret.length >= 4) {
      clean = clean.split(secret).join("***");
    }
  }
  return clean
    .replace(/[?&;][^\s"'<>]*=[^\s"'<>]*/g, "?***")
    .replace(
      /\b(auth_key|access_token|AccessKeyId|AccessKeySecret|SecurityToken|Signature|token|secret|password)(["']?\s*[:=]\s*["']?)[^\s"',;&<>]+/gi,
      "$1$2***",
    )
    .replace(/\/\/[^\s/@"'<>]+@/g, "//***@")
    .replace(/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]+/gu, " ")
    .trim()
    .slice(0, 500);
}

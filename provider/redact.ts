/**
 * Longer texts are cut, before given secrets are looked for in them and once more before patterns are: nobody reads them, and a
 * pattern may take as many steps as a text has pairs of characters.
 */
const LONGEST = { searched: 16_000, matched: 2_000, shown: 500 } as const;

/**
 * Makes text from outside (the cloud, the network stack, a user) fit to be shown: no query string of any URL, in whatever
 * spelling, no token, no key, no control characters, and not longer than anybody wants to read.
 */
export function redact(text: unknown, secrets: readonly (string | undefined)[] = []): string {
  let clean = String(text);
  const given = secrets.filter((secret) => secret !== undefined && secret.length >= 4) as string[];
  const isCut = clean.length > LONGEST.searched;
  clean = clean.slice(0, LONGEST.searched);
  for (const secret of given) {
    clean = clean.split(secret).join("***");
  }
  if (isCut) {
    // The cut may have gone through a secret, and left a part of it that is not known any more.
    clean = clean.slice(0, -Math.max(1, ...given.map((secret) => secret.length)));
  }
  return (
    clean
      .slice(0, LONGEST.matched)
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
      .slice(0, LONGEST.shown)
  );
}

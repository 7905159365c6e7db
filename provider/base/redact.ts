import { ifPossible } from "./objects";

/** How many characters are kept. Words are cut before patterns see them, so that any text takes linear time. */
const LONGEST = {
  word: 300,
  /** A part that comes from outside, such as a message of the cloud. */
  part: { matched: 2_000, shown: 500 },
  /** A whole message of ours, in which such parts stand. */
  whole: { matched: 16_000, shown: 4_000 },
} as const;

type Secrets = readonly (string | undefined)[];

/**
 * Makes text from outside (the cloud, the network stack, a user) safe to show: no query string of any URL, however encoded, no
 * token, no key, no control characters, and at most 500 characters.
 */
export function redact(text: unknown, secrets: Secrets = []): string {
  const words = cutWords(without(secrets, visible(textOf(text))));
  return whole(matched(upToSpace(words, LONGEST.part.matched)).slice(0, LONGEST.part.shown));
}

/** The same for a whole message of ours, of at most 4,000 characters. A longer one loses its middle: its end says what to do. */
export function redactMessage(text: unknown, secrets: Secrets = []): string {
  const { matched: searched, shown } = LONGEST.whole;
  const clean = matched(withoutMiddle(cutWords(without(secrets, visible(textOf(text)))), searched));
  return whole(withoutMiddle(clean, shown));
}

function textOf(value: unknown): string {
  return ifPossible(() => String(value)) ?? "something that cannot be shown";
}

function without(secrets: Secrets, text: string): string {
  let clean = text;
  for (const secret of secrets.map((each) => each && visible(each))) {
    if (secret !== undefined && secret.length >= 4) {
      clean = clean.split(secret).join("***");
    }
  }
  return clean;
}

/** Invisible characters could split a secret, or a key from its value. */
function visible(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]+/gu, " ").replace(/\p{Cf}+/gu, "");
}

function cutWords(text: string): string {
  return text.replace(new RegExp(`(\\S{${LONGEST.word}})\\S+`, "g"), "$1…");
}

function matched(text: string): string {
  return (
    text
      // The delimiters of a URL may be escaped for another URL, even twice, or for JSON.
      .replace(/(?:%(?:25)*|\\u00)(2[36f]|3[adf]|40|5f)/gi, (_, code) => String.fromCharCode(Number.parseInt(code, 16)))
      .replaceAll("\\/", "/")
      .replace(/([a-z][a-z0-9+.-]*:\/\/[^\s"<>?#]*)[?#][^\s"<>]*/gi, "$1?***")
      .replace(/(\/[^\s"<>?]*)\?[^\s"<>]{2,}/g, "$1?***")
      .replace(/[?&;][^\s"<>]*=[^\s"<>]*/g, "?***")
      .replace(/\b(cookie[\\"']*\s*[:=][\\"'\s]*)[^\s"',;]+(?:;\s*[^\s"',;=]+=[^\s"',;]+)*/gi, "$1***")
      .replace(/\b(\w*authorization[\\"']*\s*[:=][\\"'\s]*)(?:(?:Bearer|Basic)\s+)?[^\s"',;]+/gi, "$1***")
      // Quotes may be escaped, for an answer inside another.
      .replace(
        /\b((?:auth|api|access|private)[_-]?(?:key|token)(?:id|secret)?|\w*token|\w*secret(?:[_-]?key)?|\w*password|\w*passwd|pwd|passphrase|\w*signature|\w*credential|sign)([\\"']*\s*[:=>][\\"'\s]*)[^\s"'\\,;&<>]+/gi,
        "$1$2***",
      )
      .replace(/\bBearer\s+\S+/gi, "Bearer ***")
      // A cut word may have lost the @ that ends a user name.
      .replace(/\/\/[^\s"'<>]*[@…]/g, "//***@")
      .trim()
  );
}

function upToSpace(text: string, longest: number): string {
  if (text.length <= longest) {
    return text;
  }
  const end = text.lastIndexOf(" ", longest);
  return text.slice(0, end > 0 ? end : longest);
}

function withoutMiddle(text: string, longest: number): string {
  if (text.length <= longest) {
    return text;
  }
  const half = longest / 2 - 2;
  const from = text.indexOf(" ", text.length - half);
  return `${upToSpace(text, half)} … ${text.slice(from > 0 ? from + 1 : text.length - half)}`;
}

/** A cut may split a character. */
function whole(text: string): string {
  return text.replace(/\p{Cs}/gu, "\ufffd");
}

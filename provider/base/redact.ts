/**
 * How many characters are kept. A word that is longer is cut before patterns see it, and no pattern but for spaces looks
 * beyond a word, so any text takes linear time.
 */
const LONGEST = {
  word: 300,
  /** A part that comes from outside, such as a message of the cloud. */
  part: { matched: 2_000, shown: 500 },
  /** A whole message of ours, in which such parts stand. */
  whole: { matched: 16_000, shown: 4_000 },
} as const;

type Secrets = readonly (string | undefined)[];

/**
 * Makes text from outside (the cloud, the network stack, a user) fit to be shown: no query string of any URL, in whatever
 * spelling, no token, no key, no control characters, and not longer than anybody wants to read.
 */
export function redact(text: unknown, secrets: Secrets = []): string {
  const words = cutWords(without(secrets, visible(textOf(text))));
  return whole(matched(upToSpace(words, LONGEST.part.matched)).slice(0, LONGEST.part.shown));
}

/**
 * The same for a whole message of ours, with everything that was put into it. Where it is too long, the middle goes: it
 * begins with what failed, and ends with what to do.
 */
export function redactMessage(text: unknown, secrets: Secrets = []): string {
  const { matched: searched, shown } = LONGEST.whole;
  const clean = matched(withoutMiddle(cutWords(without(secrets, visible(textOf(text)))), searched));
  return whole(withoutMiddle(clean, shown));
}

/** Nothing that is thrown or answered can keep us from showing something. */
function textOf(value: unknown): string {
  try {
    return String(value);
  } catch {
    return "something that cannot be shown";
  }
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

/** What is not seen would part a secret in two, a key from its value, and a word from its end. */
function visible(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]+/gu, " ").replace(/\p{Cf}+/gu, "");
}

function cutWords(text: string): string {
  return text.replace(new RegExp(`(\\S{${LONGEST.word}})\\S+`, "g"), "$1…");
}

function matched(text: string): string {
  return (
    text
      // What parts a URL may be escaped for another URL, even twice, or for JSON.
      .replace(/(?:%(?:25)*|\\u00)(2[36f]|3[adf]|40|5f)/gi, (_, code) => String.fromCharCode(Number.parseInt(code, 16)))
      .replaceAll("\\/", "/")
      .replace(/([a-z][a-z0-9+.-]*:\/\/[^\s"<>?#]*)[?#][^\s"<>]*/gi, "$1?***")
      .replace(/(\/[^\s"<>?]*)\?[^\s"<>]{2,}/g, "$1?***")
      .replace(/[?&;][^\s"<>]*=[^\s"<>]*/g, "?***")
      .replace(/\b(cookie[\\"']*\s*[:=][\\"'\s]*)[^\s"',;]+(?:;\s*[^\s"',;=]+=[^\s"',;]+)*/gi, "$1***")
      .replace(/\b(\w*authorization[\\"']*\s*[:=][\\"'\s]*)(?:(?:Bearer|Basic)\s+)?[^\s"',;]+/gi, "$1***")
      // Quotes may be quoted in turn, where an answer stands in another.
      .replace(
        /\b((?:auth|api|access|private)[_-]?(?:key|token)(?:id|secret)?|\w*token|\w*secret(?:[_-]?key)?|\w*password|\w*passwd|pwd|passphrase|\w*signature|\w*credential|sign)([\\"']*\s*[:=>][\\"'\s]*)[^\s"'\\,;&<>]+/gi,
        "$1$2***",
      )
      .replace(/\bBearer\s+\S+/gi, "Bearer ***")
      // Where a word was cut, who logs in may have lost the sign that ends it.
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

/** A cut may have halved a character. */
function whole(text: string): string {
  return text.replace(/\p{Cs}/gu, "\ufffd");
}

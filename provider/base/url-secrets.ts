import { ifPossible } from "./objects";

/** The secrets in URLs and texts, in every spelling that an answer may repeat; the longest first. */
export function secretSpellings(urls: readonly string[], whole: readonly string[] = []): string[] {
  const spelt = new Set([...whole, ...urls.flatMap(partsOf)].flatMap(spellings));
  return [...spelt].sort((one, other) => other.length - one.length);
}

/** A URL, its user and password, and its query: the pairs, and the values alone. */
function partsOf(url: string): string[] {
  const user = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)@/i.exec(url)?.[1];
  const pieces = [url.split(/[?&;#]/), url.split(/[?&;#=]/)].flatMap((parts) => parts.slice(1));
  return [url, ...pieces, ...(user === undefined ? [] : [user, ...user.split(":")])];
}

function spellings(text: string): string[] {
  // Half a character cannot be encoded.
  const usual = encodeURIComponent(text.replace(/\p{Cs}/gu, "\ufffd"));
  const asSigned = usual.replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
  const inSmall = [usual, asSigned].map((each) => each.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()));
  return [text, decoded(text), JSON.stringify(text).slice(1, -1), usual, asSigned, ...inSmall];
}

/** A text without percent-encoding, or as it is. */
export function decoded(text: string): string {
  return ifPossible(() => decodeURIComponent(text)) ?? text;
}

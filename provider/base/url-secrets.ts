/** Everything secret in these URLs and texts, in every spelling in which an answer may repeat it; the longest first. */
export function secretSpellings(urls: readonly string[], whole: readonly string[] = []): string[] {
  const spelt = new Set([...whole, ...urls.flatMap(partsOf)].flatMap(spellings));
  return [...spelt].sort((one, other) => other.length - one.length);
}

/** A URL, who logs in by it, and what its query says: by pairs, and by values alone. */
function partsOf(url: string): string[] {
  const user = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)@/i.exec(url)?.[1];
  const pieces = [url.split(/[?&;#]/), url.split(/[?&;#=]/)].flatMap((parts) => parts.slice(1));
  return [url, ...pieces, ...(user === undefined ? [] : [user, ...user.split(":")])];
}

function spellings(text: string): string[] {
  const usual = encodeURIComponent(text);
  const asSigned = usual.replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
  const inSmall = [usual, asSigned].map((each) => each.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()));
  return [text, decoded(text), JSON.stringify(text).slice(1, -1), usual, asSigned, ...inSmall];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

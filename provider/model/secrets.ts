import { isText } from "../base/objects";
import { secretSpellings } from "../base/url-secrets";
import { isObject } from "../live/types";
import { DERIVING_KEYS, SECRET_KEYS } from "./fields";
import { generatedNames, type Properties, READ_ANEW, secretNames } from "./state";

/** Shorter parts of a URL are words that our own sentences use too. */
const SHORTEST = 8;

/** What is secret in a value that is not secret as a whole, where Pulumi can tell the parts; `*` stands for every element. */
export const SECRET_PARTS: Readonly<Record<string, { "*": { inputUrl: true } }>> = {
  inputList: { "*": { inputUrl: true } },
};

/** The names that the program marked as secret, of those that other values are made from. */
export function markedKeys(values: Properties): readonly string[] {
  const marked = secretNames(values);
  return DERIVING_KEYS.filter((key) => marked.includes(key));
}

/** The properties that must be secret in the state: some always are; others are made from a secret name. */
export function secretKeysOf(values: Properties): ReadonlySet<string> {
  const names = markedKeys(values);
  return new Set([
    ...SECRET_KEYS,
    ...names,
    ...(names.length > 0 ? ["outputUrls", ...READ_ANEW] : []),
    ...(names.includes("monitorName") && generatedNames(values).includes("stream") ? ["stream"] : []),
  ]);
}

/**
 * Texts that no error and no progress line may show: an answer may repeat a session's URLs, whatever was asked. In an answer
 * (`isForeign`) even their shortest parts count.
 */
export function secretTexts(values: Properties, isForeign = false): string[] {
  const urls = SECRET_KEYS.flatMap((key) => urlsIn(values[key]));
  const spelt = secretSpellings(urls).filter((each) => isForeign || each.length >= SHORTEST);
  const marked = markedKeys(values).map((key) => values[key]);
  return [...marked.filter(isText), ...spelt];
}

function urlsIn(value: unknown): string[] {
  if (Array.isArray(value)) {
    return value.flatMap((each) => (isObject(each) ? urlsIn(each.inputUrl) : []));
  }
  return isText(value) ? [value] : [];
}

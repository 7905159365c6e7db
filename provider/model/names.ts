import { createHash } from "node:crypto";

/** Whose a session is. Sessions have no tags, so the name is all that says it. */
export interface Owner {
  project: string;
  stack: string;
  resource: string;
}

/** The longest name this makes: no document states the API's own limit. */
const LONGEST = 64;
/** `3 × 14 + 2 × 2` for the parts, `2 + 8` for the random end: 56, which leaves `--x` and five digits for an expiry. */
const SHARE = 14;
const RANDOM_LENGTH = 8;
const HASH_LENGTH = 8;
const ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyz";

/**
 * A name for a session of this owner: `<project>--<stack>--<resource>--<8 random>`. Parts are encoded, so that `--` cannot
 * occur in them; what the encoding is must never change, because sessions are recognised by it for ever.
 *
 * @example automaticName({ project: "shop", stack: "pr-7", resource: "wall" }, random) // shop--pr-7--wall--k3v09x2m
 */
export function automaticName({ project, stack, resource }: Owner, random: () => number): string {
  return `${prefixOf([project, stack, resource])}${randomText(random)}`;
}

/**
 * Tells which names were made for this owner. The asked-for parts are encoded and compared; a name is never decoded, because
 * cut parts cannot be.
 */
export function namesOf({ project, stack, resource }: Owner): (name: string) => boolean {
  const prefix = prefixOf([project, stack, resource]);
  const isRandomEnd = new RegExp(`^${RANDOM_END}$`);
  return (name) => name.startsWith(prefix) && isRandomEnd.test(name.slice(prefix.length));
}

/** How every generated name ends. */
const RANDOM_END = "[0-9a-z]{8}(--x[0-9a-z]{1,6})?";
const GENERATED_END = new RegExp(`--${RANDOM_END}$`);
const LINE_END = /[\n\r\u2028\u2029]/;

/**
 * Whether a name looks generated, for whatever resource: three parts and the random end. Names come from the cloud, so this
 * takes linear time.
 */
export function isAutomaticName(name: string): boolean {
  const end = GENERATED_END.exec(name)?.index ?? 0;
  const second = name.indexOf("--", 1);
  const third = second < 0 ? -1 : name.indexOf("--", second + 3);
  return third > 0 && third + 2 < end && !LINE_END.test(name);
}

/** Whether a name was generated for a resource of this owner's stack, whichever resource. */
export function isNameOfStack({ project, stack }: Owner, name: string): boolean {
  return isAutomaticName(name) && name.startsWith(prefixOf([project, stack]));
}

/** Whether two names are one, but for the expiry. */
export function isSameName(one: string, other: string): boolean {
  return one === other || (isAutomaticName(one) && withoutExpiry(one) === withoutExpiry(other));
}

function withoutExpiry(name: string): string {
  return name.replace(/--x[0-9a-z]{1,6}$/, "");
}

/** A stream name for a session whose name the user chose: told apart from all others by its random end. */
export function automaticStream(monitorName: string, random: () => number): string {
  return `${encodePart(monitorName, LONGEST - RANDOM_LENGTH - 2)}--${randomText(random)}`;
}

/** Reads the owner out of a resource's URN: `urn:pulumi:<stack>::<project>::<types>::<name>`. */
export function ownerFromUrn(urn: string): Owner | undefined {
  // Step by step, because a pattern with four open ends takes the cube of a long text.
  const [stack, afterStack] = cutAt(urn.startsWith(URN_BEGIN) ? urn.slice(URN_BEGIN.length) : "");
  const [project, afterProject] = cutAt(afterStack);
  const [types, resource] = cutAt(afterProject);
  return types !== "" && resource !== "" ? { stack, project, resource } : undefined;
}

const URN_BEGIN = "urn:pulumi:";

/** What stands before and after the first `::` that has something before it. */
function cutAt(text: string): [before: string, after: string] {
  const end = text.indexOf("::", 1);
  return end < 0 ? ["", ""] : [text.slice(0, end), text.slice(end + 2)];
}

function prefixOf(parts: string[]): string {
  return parts.map((part) => `${encodePart(part, SHARE)}--`).join("");
}

/**
 * A part stands as it is when it is short and plain; otherwise its plain remains, cut, end in the hash of the whole. A
 * plain part that itself ends like a hash could be taken for a cut one, so it is hashed too.
 */
function encodePart(part: string, share: number): string {
  const plain =
    /^[A-Za-z0-9_.]+(-[A-Za-z0-9_.]+)*$/.test(part) && part.length <= share && !/(^|-)[0-9a-f]{8}$/.test(part);
  if (plain) {
    return part;
  }
  const remains = part
    .slice(0, 200)
    .replace(/[^A-Za-z0-9_.]+/g, "-")
    .slice(0, share - HASH_LENGTH - 1)
    .replace(/^-+|-+$/g, "");
  const hash = createHash("sha256").update(part, "utf8").digest("hex").slice(0, HASH_LENGTH);
  return remains === "" ? hash : `${remains}-${hash}`;
}

function randomText(random: () => number): string {
  return Array.from({ length: RANDOM_LENGTH }, () => ALPHABET[Math.floor(random() * ALPHABET.length)]).join("");
}

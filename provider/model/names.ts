import { createHash } from "node:crypto";

export interface StackOwner {
  project: string;
  stack: string;
}

/** Whose a session is. Sessions have no tags, so the name is all that says it. */
export interface Owner extends StackOwner {
  resource: string;
}

/** The longest name this makes: no document states the API's own limit. */
const LONGEST = 64;
/** Project and stack share 28 characters, the resource has 14: with the random end 56, which leaves `--x` and five digits. */
const SHARE = 14;
const RANDOM_LENGTH = 8;
const HASH_LENGTH = 8;
const ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyz";

/**
 * A name for a session of this owner: `<project>--<stack>--<resource>--<8 random>`. Parts are encoded, so that `--` cannot
 * occur in them. The encoding must never change, because sessions are recognised by it; earlier ones stay in `prefixesOf`.
 *
 * @example automaticName({ project: "shop", stack: "pr-7", resource: "wall" }, random) // shop--pr-7--wall--k3v09x2m
 */
export function automaticName(owner: Owner, random: () => number): string {
  return `${prefixOf(owner)}${encodePart(owner.resource, SHARE)}--${randomText(random)}`;
}

/**
 * Tells which names were made for this owner. The asked-for parts are encoded and compared; a name is never decoded, because
 * cut parts cannot be.
 */
export function namesOf(owner: Owner): (name: string) => boolean {
  const resource = encodePart(owner.resource, SHARE);
  const prefixes = prefixesOf(owner).map((prefix) => `${prefix}${resource}--`);
  return (name) => prefixes.some((prefix) => name.startsWith(prefix) && WHOLE_END.test(name.slice(prefix.length)));
}

/** How every generated name ends. */
const RANDOM_END = "[0-9a-z]{8}(--x[0-9a-z]{1,6})?";
const WHOLE_END = new RegExp(`^${RANDOM_END}$`);
/** An encoded part: single hyphens only, and none at its ends. */
const PART = "[A-Za-z0-9_.]+(?:-[A-Za-z0-9_.]+)*";
const GENERATED = new RegExp(`^${PART}--${PART}--${PART}--${RANDOM_END}$`);

/** Whether a name has exactly the form of a generated one, for whatever resource: three encoded parts and the random end. */
export function isAutomaticName(name: string): boolean {
  return name.length <= LONGEST && GENERATED.test(name);
}

/** Whether a name was generated for a resource of this owner's stack, whichever resource. */
export function isNameOfStack(owner: StackOwner, name: string): boolean {
  return isAutomaticName(name) && prefixesOf(owner).some((prefix) => name.startsWith(prefix));
}

/** Whether two names are one, but for the expiry. */
export function isSameName(one: string, other: string): boolean {
  return one === other || (isAutomaticName(one) && withoutExpiry(one) === withoutExpiry(other));
}

const EXPIRY = /--x([0-9a-z]{1,6})$/;
const MINUTE_MS = 60_000;

export function withoutExpiry(name: string): string {
  return name.replace(EXPIRY, "");
}

/** The same name with an expiry, in minutes since 1970 in base 36: five digits until 2084. */
export function withExpiry(name: string, atMs: number): string {
  return `${withoutExpiry(name)}--x${Math.ceil(atMs / MINUTE_MS).toString(36)}`;
}

/** When a session of this name expires, in milliseconds since 1970; `undefined` for a name without expiry. */
export function expiryOf(name: string): number | undefined {
  const digits = isAutomaticName(name) ? EXPIRY.exec(name)?.[1] : undefined;
  return digits === undefined ? undefined : Number.parseInt(digits, 36) * MINUTE_MS;
}

/** Project, stack and resource as a generated name tells them: cut parts stay cut. `undefined` for any other name. */
export function partsOf(name: string): Owner | undefined {
  const [project = "", stack = "", resource = ""] = isAutomaticName(name) ? name.split("--") : [];
  return resource === "" ? undefined : { project, stack, resource };
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

/** How all names of a stack begin: what one of project and stack does not need of its share, the other one has. */
function prefixOf({ project, stack }: StackOwner): string {
  const needs = (part: string) => encodePart(part, 2 * SHARE).length;
  const share = (other: string) => Math.max(SHARE, 2 * SHARE - needs(other));
  return `${encodePart(project, share(stack))}--${encodePart(stack, share(project))}--`;
}

/** The same, with the encodings of earlier versions: each part had 14 characters. */
function prefixesOf(owner: StackOwner): string[] {
  const { project, stack } = owner;
  return [prefixOf(owner), `${encodePart(project, SHARE)}--${encodePart(stack, SHARE)}--`];
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

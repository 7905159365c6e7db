import type { OperationName, RunResult, Step } from "./engine";
import type { State, StateResource } from "./state";

/** What one operation came to, in a form in which both engines must agree. */
export interface Milestone {
  operation: OperationName;
  ok: boolean;
  steps: string[];
  /** The calls that change something, in their order, by resource: these are worked on side by side. */
  writes: Record<string, string[]>;
  state: unknown;
}

/** Fields that each engine fills in its own way; `docs/engine-likeness.md` says why. */
const OWN_FIELDS: readonly string[] = ["created", "modified", "sourcePosition", "stackTrace"];

export function milestone(
  operation: OperationName,
  result: Pick<RunResult, "ok" | "steps">,
  writes: Record<string, string[]>,
  state: State,
): Milestone {
  const bare = {
    resources: state.resources.map(withoutOwnFields).sort(byIdentity),
    pending: state.pending.map((each) => ({ ...each, resource: withoutOwnFields(each.resource) })),
  };
  return {
    operation,
    ok: result.ok,
    // Each once: with --refresh the engines differ in whether the refresh, too, tells of what the up then repairs.
    steps: [...new Set(result.steps.filter(isResource).map(textOf))].sort(),
    writes,
    state: JSON.parse(withoutChance(JSON.stringify(sorted(bare)))),
  };
}

/** Resources that are worked on side by side end in any order; that none stands before what it needs is an invariant. */
function byIdentity(one: Record<string, unknown>, other: Record<string, unknown>): number {
  const key = (resource: Record<string, unknown>) => `${resource.urn} ${resource.delete === true}`;
  return key(one) < key(other) ? -1 : 1;
}

function withoutOwnFields(resource: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(resource).filter(([key]) => !OWN_FIELDS.includes(key)));
}

/** The order of keys and of dependencies says nothing, but it decides which id is the first. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.every(isUrn) ? [...value].sort() : value.map(sorted);
  }
  return typeof value === "object" && value !== null
    ? Object.fromEntries(
        Object.entries(value)
          .sort()
          .map(([key, each]) => [key, sorted(each)]),
      )
    : value;
}

/** The stack itself and its providers are the engine's own affair: nothing is called for them. */
function isResource({ urn }: Step): boolean {
  return !/::pulumi:(pulumi|providers):/.test(urn);
}

function isUrn(value: unknown): boolean {
  return typeof value === "string" && value.startsWith("urn:pulumi:");
}

function textOf({ op, urn }: Step): string {
  return `${op} ${urn}`;
}

/** Random ids become numbers in the order in which they occur; random names, ports, seals and times become one word each. */
function withoutChance(text: string): string {
  const ids = new Map<string, string>();
  return text
    .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, (id) => {
      const known = ids.get(id) ?? `id-${ids.size + 1}`;
      ids.set(id, known);
      return known;
    })
    .replace(/[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}/g, "request")
    .replace(/--[0-9a-z]{8}(?=["./?\\])/g, "--random")
    .replace(/127\.0\.0\.1:\d+/g, "127.0.0.1:port")
    .replace(/"seal":"[0-9a-f]{16}"/g, '"seal":"seal"')
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "time");
}

/** Where two engines came to something else, a line for each place. */
export function disagreements(real: Milestone[], sandbox: Milestone[]): string[] {
  const [one, other] = [flat(real), flat(sandbox)];
  const places = [...new Set([...one.keys(), ...other.keys()])].sort();
  return places
    .filter((place) => one.get(place) !== other.get(place))
    .map(
      (place) => `${place}: Pulumi ${one.get(place) ?? "has nothing"}, the sandbox ${other.get(place) ?? "nothing"}`,
    );
}

/** Every value by its path; resources stand under their URN, so that one too many does not shift all others. */
function flat(value: unknown, path = "", found = new Map<string, string>()): Map<string, string> {
  if (typeof value !== "object" || value === null || Object.keys(value).length === 0) {
    return found.set(path, JSON.stringify(value));
  }
  const taken = new Set<string>();
  for (const [key, each] of Object.entries(value)) {
    const { operation, urn, delete: isDoomed } = (each ?? {}) as Partial<StateResource & Milestone>;
    const name = operation !== undefined ? `${key} (${operation})` : urn !== undefined ? nameIn(urn, isDoomed) : key;
    flat(each, `${path}/${taken.has(name) ? `${name} ${key}` : name}`, found);
    taken.add(name);
  }
  return found;
}

function nameIn(urn: string, isDoomed = false): string {
  return `${urn.split("::").slice(2).join("::")}${isDoomed ? " (to be deleted)" : ""}`;
}
